import { expect, test } from '@playwright/test';
import type { FullProject, Suite } from '@playwright/test/reporter';
import { complaintAbout, notePlan, planOf } from './plan.ts';

/** A project of a shard with tests of these titles, as far as plans read it. */
function project(...titles: readonly string[]): Suite {
  const known = { metadata: { team: 'ours' } } as unknown as FullProject;
  const tests = titles.map((title) => ({ titlePath: () => ['', 'shop', title], repeatEachIndex: 0, tags: [] }));
  return { project: () => known, allTests: () => tests } as unknown as Suite;
}

function merged(...suites: readonly Suite[]): Suite {
  return { suites } as Suite;
}

const plan = planOf(
  new Map([
    ['a', 1],
    ['b', 2],
  ]),
  5,
);

test('complete shards of one division are accepted', () => {
  const [first, second, setUp] = [project('a', 'b'), project('c', 'd', 'e'), project('z')];
  notePlan(plan, [first, second]);
  expect(complaintAbout(merged(setUp, first, second))).toBeUndefined();
  expect(first.project()!.metadata).toEqual({ team: 'ours', shards: plan });
});

test('a whole run has no plan and is accepted', () => {
  expect(complaintAbout(merged(project('a')))).toBeUndefined();
});

test('the order of units does not change the plan, and their shards do', () => {
  expect(
    planOf(
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      5,
    ),
  ).toEqual(plan);
  expect(
    planOf(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
      5,
    ),
  ).not.toEqual(plan);
});

test('missing tests are counted', () => {
  const first = project('a', 'b');
  notePlan(plan, [first]);
  expect(complaintAbout(merged(first))).toBe(
    'Of 5 tests 2 are in the merged report: the report of a shard is missing.',
  );
});

test('a shard that was run again counts once', () => {
  const [first, second, again] = [project('a', 'b'), project('c', 'd', 'e'), project('a', 'b')];
  notePlan(plan, [first, second, again]);
  expect(complaintAbout(merged(first, again, second))).toBeUndefined();
  expect(complaintAbout(merged(first, again))).toContain('Of 5 tests 2 are in the merged report');
});

test('shards of different divisions are refused', () => {
  const [first, second] = [project('a', 'b'), project('c', 'd', 'e')];
  notePlan(plan, [first]);
  notePlan(planOf(new Map(), 5), [second]); // without a history
  expect(complaintAbout(merged(first, second))).toBe(
    'The shards were not divided alike, so that tests may be missing or have run twice: give every shard the same ' +
      'history, the same arguments and the same number of workers.',
  );
});
