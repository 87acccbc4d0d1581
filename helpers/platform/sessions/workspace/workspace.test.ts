import { mkdirSync } from 'node:fs';
import { expect, test } from '../../../testing/session-parts.ts';
import { workspaceParts } from './parts.ts';
import type { Preview } from './preview/index.ts';
import { Workspace } from './workspace.ts';

const nothing = (): undefined => undefined;
const preview: Preview = { handle: nothing, upgrade: () => false, changed: nothing, close: nothing } as never;

const owner = { clientId: 'acme', userId: 'ana@example.com', threadId: 'thread-1' };

test('a repeated instruction is carried out once, even by the next container', async ({
  withSessionFault,
}, testInfo) => {
  const volume = testInfo.outputPath('volume');
  mkdirSync(volume);
  const parts = await withSessionFault({
    ...workspaceParts,
    developmentServer: { warmUp: () => Promise.resolve(), start: () => Promise.resolve(preview) },
  });
  const open = async (sessionId: string): Promise<Workspace> => {
    const workspace = new Workspace(volume, parts);
    await workspace.init({ ...owner, sessionId, base: `/session/${sessionId}/` });
    return workspace;
  };
  const instruction = { ...owner, instruction: 'Add 3 pages', instructionId: 'instruction-1' };

  const one = await open('session-1');
  const [first, meanwhile] = await Promise.all([one.execute(instruction), one.execute(instruction)]);
  expect([meanwhile, await one.execute(instruction)]).toEqual([first, first]);
  const next = await open('session-2');
  expect(await next.execute(instruction)).toEqual(first);
  expect((await next.log()).commits).toMatchObject([
    { subject: 'Add 3 pages', trailers: { 'Instruction-ID': 'instruction-1' } },
    { subject: 'New site' },
  ]);
});
