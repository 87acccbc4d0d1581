import { expect, test } from '@playwright/test';
import { timeCommand } from './command.ts';

/** Uses half a second of processor time, however long that takes, and prints nothing. */
const busy = 'while (process.cpuUsage().user < 500_000);';

test("a command's processor time includes its children's and excludes waiting", async () => {
  const parent = `require('node:child_process').execFileSync(process.execPath, ['--eval', ${JSON.stringify(busy)}]); setTimeout(() => {}, 2_000)`;
  const { wall, cpu } = await timeCommand([process.execPath, '--eval', parent]);
  expect(cpu).toBeGreaterThanOrEqual(500);
  expect(cpu, 'two seconds were spent on waiting').toBeLessThan(wall - 1_000);
});

test("a command's output is swallowed and its environment is the given one", async () => {
  const { cpu } = await timeCommand([process.execPath, '--eval', 'process.stdout.write(process.env.SAID)'], {
    SAID: '9m9.9s 9m9.9s\n',
  });
  expect(cpu).toBeGreaterThan(0);
  expect(cpu).toBeLessThan(60_000);
});

test('a failing command ends the bench with the end of its output', async () => {
  await expect(
    timeCommand([
      process.execPath,
      '--eval',
      'console.log("much".repeat(2_000)); console.log("no server"); console.error("at all"); process.exit(3)',
    ]),
  ).rejects.toThrow(/failed \(3\):\n[much]{4000,5000}\nno server\n[\s\S]*at all\n$/);
});
