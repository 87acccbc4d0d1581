import { expect, test } from '@playwright/test';
import { readArguments } from './arguments.ts';

test("the first argument is the number of shards and the rest is Playwright's", () => {
  expect(readArguments(['3', 'specs/databases', '--grep', 'rows'])).toEqual({
    shards: 3,
    parallel: false,
    rest: ['specs/databases', '--grep', 'rows'],
  });
  expect(readArguments(['12', '--workers=1', '--parallel'])).toEqual({
    shards: 12,
    parallel: true,
    rest: ['--workers=1'],
  });
});

for (const [first, found] of [
  [undefined, 'nothing is'],
  ['specs/databases', '"specs/databases" is'],
  ['0', '"0" is'],
  ['1/3', '"1/3" is'],
  ['2.5', '"2.5" is'],
] as const) {
  test(`${first} is refused as number of shards`, () => {
    expect(() => readArguments(first === undefined ? [] : [first])).toThrow(
      `How many shards comes first, from 1 to 999, as in "npm run shards -- 3 specs/databases"; ${found} there.`,
    );
  });
}

for (const [argument, why] of [
  ['--shard=1/3', '--shard does not go with "npm run shards": say how many shards there are, and each gets its own.'],
  [
    '--reporter=line',
    '--reporter does not go with "npm run shards": it would take the place of the reporters that shards need; ' +
      '--add-reporter adds one.',
  ],
  ['--output', '--output does not go with "npm run shards": each shard has a folder of its own in test-results.'],
] as const) {
  test(`${argument} is refused`, () => {
    expect(() => readArguments(['3', argument])).toThrow(why);
  });
}
