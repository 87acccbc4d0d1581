import { expect, test } from '../../testing/index.ts';
import { definition, openTestCloud, runTask, stoppedTask } from '../../testing/cloud/index.ts';
import type { TaskDefinition } from '../state.ts';
import { limitsOf } from './limits.ts';

test('a container that exceeds its memory is stopped as out of memory', async ({ _parts: { composeCloud } }) => {
  await using it = await openTestCloud({ compose: composeCloud });
  const greedy = { name: 'main', image: 'app', command: ['greedy'], memory: 128 };
  const arn = await runTask(it.ecs, definition('greedy', 'greedy', { containerDefinitions: [greedy] }));
  expect(await stoppedTask(it.ecs, arn)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
});

test("a container's limits are its own memory, or its task's, and its task's CPU", () => {
  const task = { definition: { request: { cpu: '256', memory: '512' } } as TaskDefinition, overrides: {} };
  const mebibytes = (count: number): number => count * 1024 * 1024;
  expect(limitsOf(task, { name: 'main' })).toEqual({ memory: mebibytes(512), cpu: 0.25 });
  expect(limitsOf(task, { name: 'main', memory: 128 })).toEqual({ memory: mebibytes(128), cpu: 0.25 });
  const overrides = { cpu: '1024', memory: '2048', containerOverrides: [{ name: 'main', memory: 64 }] };
  expect(limitsOf({ ...task, overrides }, { name: 'main', memory: 128 })).toEqual({ memory: mebibytes(64), cpu: 1 });
  expect(limitsOf({ ...task, overrides }, { name: 'other' })).toEqual({ memory: mebibytes(2048), cpu: 1 });
});
