import { expect, test } from '@playwright/test';
import { timeCommand } from './command.ts';

/** Uses half a second of processor time, however long that takes, and prints nothing. */
const busy = 'while (process.cpuUsage().user < 500_000);';

test('the processor time of a command counts that of its children, and no waiting', async () => {
  const parent = `require('node:child_process').execFileSync(process.execPath, ['--eval', ${JSON.stringify(busy)}]); setTimeout(() => {}, 2_000)`;
  const { wall, cpu } = await timeCommand([process.execPath, '--eval', parent]);
  expect(cpu).toBeGreaterThanOrEqual(500);
  expect(cpu, 'two seconds were spent on waiting').toBeLessThan(wall - 1_000);
});

test('what a command prints does not disturb, and its environment is what was said', async () => {
  const { cpu } = await timeCommand([process.execPath, '--eval', 'process.stdout.write(process.env.SAID)'], {
    SAID: '9m9.9s 9m9.9s\n',
  });
  expect(cpu).toBeGreaterThan(0);
  expect(cpu).toBeLessThan(60_000);
});

test('one that fails ends the bench with what it printed', async () => {
  await expect(
    timeCommand([process.execPath, '--eval', 'console.log("no server"); console.error("at all"); process.exit(3)']),
  ).rejects.toThrow(/failed \(3\):\nno server\n[\s\S]*at all\n$/);
});
