import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { includesLongTests, includesOwnTests, optionsWithValue, readCommandLine } from './command-line.ts';

const root = path.resolve(import.meta.dirname, '../..');

for (const [args, included] of [
  ['test', false],
  ['test specs/databases --grep self', false],
  ['test --grep helpers', false],
  ['test -g helpers --headed specs/databases', false],
  ['test --workers 2 --output helpers -x', false],
  ['test specs/helpers', false],
  ['test --project=self', true],
  ['test --project self databases', true],
  ['test --project=*', true],
  ['test --project=databases', true], // of which Playwright makes that project alone
  ['test helpers/lib', true],
  ['test --headed helpers/lib/text.test.ts:12', true],
  ['test ./reporters', true],
  [`test ${path.join(root, 'helpers/lib')}`, true],
  ['test --ui', true],
  ['test-server -c playwright.config.ts', true],
] as const) {
  test(`"playwright ${args.replace(root, '…')}" ${included ? 'includes' : 'leaves out'} the helpers' own tests`, () => {
    expect(includesOwnTests(readCommandLine(args.split(' ')), root)).toBe(included);
  });
}

for (const [args, included] of [
  ['test', false],
  ['test specs/databases', false],
  ['test --project=* --workers=2', false],
  ['test --grep @long', true],
  ['test -g recovers', true],
  ['test specs/experiments/recovery.spec.ts:12', true],
  ['test --last-failed', true],
  ['test --ui', true],
  ['test-server -c playwright.config.ts', true],
] as const) {
  test(`"playwright ${args}" ${included ? 'includes' : 'leaves out'} @long tests`, () => {
    expect(includesLongTests(readCommandLine(args.split(' ')))).toBe(included);
  });
}

test("a command line's options and files are told apart", () => {
  expect(
    readCommandLine(['test', '-j', '2', 'a.spec.ts', '--shard=1/3', '--project', 'one', 'two', '-x', 'b']),
  ).toEqual({
    command: 'test',
    options: new Set(['workers', 'shard', 'project', 'x']),
    files: ['a.spec.ts', 'b'],
  });
});

test('the options that take a value are those that Playwright says', async () => {
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'test', '--help']);
  const options = [...stdout.matchAll(/^ {2}(?:-(\w), )?--([\w-]+) </gm)].map(([, short, name]) => [name, short]);
  expect(optionsWithValue).toEqual(Object.fromEntries(options));
});
