import { expect, test } from '@playwright/test';
import { describeVerdict } from './describe-verdict.ts';
import { isLast } from './trial.ts';
import { judge, verdictWithoutTests } from './verdict.ts';

const named = 'specs/databases/postgres/rollback.spec.ts:3 › rollback undoes everything in its transaction, sequences';
const other = 'specs/databases/postgres/rollback.spec.ts:33 › a failing statement is undone';

function failed(place: string) {
  return judge(verdictWithoutTests, place, { status: 'failed', duration: 1_500 }, 'expected 10\nfound 11');
}

test('a fault that its test catches is described with its promise, the test and the message', () => {
  expect(describeVerdict('rollbackCommits', failed(`${named} included`)).split('\n')).toEqual([
    '',
    'caught   rollbackCommits (1.5 s)',
    '         promise  a rolled back transaction leaves nothing',
    `         by       ${named} included`,
    '         message  expected 10',
    '                  found 11',
  ]);
});

test('a fault that another test of the file catches is described as caught, with the named test', () => {
  const described = describeVerdict('rollbackCommits', failed(other));
  expect(described).toContain(`by       ${other}\n`);
  expect(described).toContain(
    'not by   rollback undoes everything in its transaction, sequences included, the test that it names\n',
  );
});

test('a fault that no test catches is described as missed', () => {
  const passed = judge(verdictWithoutTests, named, { status: 'passed', duration: 10 }, '');
  expect(describeVerdict('rollbackCommits', passed)).toContain('MISSED   rollbackCommits (0.0 s)\n');
});

test('a verdict of the named test alone is a last one only when the test has caught the fault', () => {
  const trial = { faults: ['rollbackCommits'], on: true, workers: 1 };
  expect(isLast({ ...trial, tests: 'named' }, verdictWithoutTests)).toBe(false);
  expect(isLast({ ...trial, tests: 'named' }, failed(named))).toBe(true);
  expect(isLast({ ...trial, tests: 'all' }, verdictWithoutTests)).toBe(true);
});
