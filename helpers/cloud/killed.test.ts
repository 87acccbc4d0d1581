import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { isAlive, processesMentioning } from '../run/processes/index.ts';
import { waitFor } from '../lib/wait.ts';

const owner = fileURLToPath(new URL('../testing/cloud/owner.ts', import.meta.url));

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`an owner killed by ${signal} takes its tasks and their commands with it`, async ({}, testInfo) => {
    const folder = testInfo.outputPath();
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder, NODE_NO_WARNINGS: '1', TSX_DISABLE_CACHE: '1' },
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const pids = JSON.parse(line) as number[];
    expect(pids).toHaveLength(3);
    expect(pids.every(isAlive)).toBe(true);
    child.kill(signal);
    expect(
      await waitFor(() => processesMentioning(folder).length === 0 && !pids.some(isAlive), 20_000),
      'all of its processes end',
    ).toBe(true);
  });
}
