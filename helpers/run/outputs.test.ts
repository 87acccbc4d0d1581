import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOutputs, suffixOfOutputs } from './outputs.ts';
import { identify } from './processes/index.ts';
import { expect, test } from '../testing/index.ts';

test("files left by another user's run are reported with the command that removes them", ({
  root,
  runParts: { outputs },
}) => {
  const [results, report, missing] = ['results', 'report', 'missing'].map((name) => path.join(root.path, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [results, report]) mkdirSync(folder);
  writeFileSync(path.join(report, 'index.html'), '');
  chmodSync(results, 0o777);
  chmodSync(report, 0o777);
  chmodSync(path.join(report, 'index.html'), 0o644);

  const [ourselves, another] = [process.getuid!(), process.getuid!() + 1];
  expect(() => checkOutputs([results, report, missing], another, outputs)).toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: `A run of another user has left files that this one cannot replace: remove them, by sudo rm -rf ${report}`,
    }),
  );
  expect(() => checkOutputs([results, missing], another, outputs)).not.toThrow();
  for (const user of [ourselves, 0]) expect(() => checkOutputs([results, report], user, outputs)).not.toThrow();
});

test('runs in one checkout at the same time have outputs of their own', async ({ root, runParts: { outputs } }) => {
  const folder = path.join(root.path, 'outputs');
  const others = [1, 2].map(() => spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1_000)']));
  const [first, second] = others.map(({ pid }) => identify(pid!)!);
  try {
    const suffixOf = (self = identify(process.pid)): string => suffixOfOutputs(folder, self, outputs);
    expect(suffixOf(first)).toBe('');
    writeFileSync(path.join(folder, '1.json'), ''); // as a full disk leaves a claim
    expect(suffixOf(second)).toBe('-2');
    expect(suffixOf()).toBe('-3');
    expect(suffixOf(first), 'asked again').toBe('');
    others[0]!.kill('SIGKILL');
    await once(others[0]!, 'exit');
    expect(suffixOf(), 'after the first has ended').toBe('');
  } finally {
    for (const other of others) other.kill('SIGKILL');
  }
});

test('a run in a checkout in which another one goes on says where it writes to', async ({ runInlineTest }) => {
  const checkout = fileURLToPath(new URL('../..', import.meta.url));
  const another = suffixOfOutputs(path.join(checkout, '.proving-ground/outputs')); // of this process
  const { output } = await runInlineTest(
    {},
    { through: ['sh', '-c', `cd '${checkout}'; exec "$@"`, 'sh'], args: ['--list', '--project=deployments', 'names'] },
  );
  const [, own, suffix] =
    /^Another run goes on here: this one writes to (test-results(\S+)) and playwright-report\2\.$/m.exec(output)!;
  expect(own).not.toBe(`test-results${another}`);
  expect(suffix).toMatch(/^-\d+$/);
});
