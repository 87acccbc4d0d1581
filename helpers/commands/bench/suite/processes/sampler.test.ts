import { expect, test } from '@playwright/test';
import { timeCommand } from '../../command.ts';
import { ProcessSampler } from './sampler.ts';

test.skip(process.platform !== 'linux', 'There is no /proc.');

test("the time of a command's processes adds up by their kind", async () => {
  // A worker that does nothing but start a process that uses 300 ms of processor time.
  const busy = 'while (process.cpuUsage().user < 300_000);';
  const worker = `require('node:child_process').execFileSync(process.execPath, ['--eval', ${JSON.stringify(busy)}])`;
  const named = ['--eval', worker, 'playwright/lib/worker/workerProcessEntry.js'];
  let sampler: ProcessSampler | undefined;
  const { cpu } = await timeCommand([process.execPath, ...named], {}, (shell) => {
    sampler = new ProcessSampler(shell);
  });
  const times = sampler!.end(cpu);
  expect(times.get('other')).toBeGreaterThanOrEqual(290);
  expect(times.get('workers')).toBeGreaterThan(0);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  expect(total).toBeGreaterThanOrEqual(cpu);
  expect(total, 'nothing counts twice').toBeLessThan(cpu + 100);
});
