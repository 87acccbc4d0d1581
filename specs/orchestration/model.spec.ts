import { test } from '../../fixtures/index.ts';

test('random histories of four clients keep every promise', { tag: '@short' }, async ({ checkHistories }) => {
  test.setTimeout(90_000);
  await checkHistories(50);
});

test('a thousand random histories keep every promise', { tag: '@long' }, async ({ checkHistories }) => {
  test.setTimeout(900_000);
  await checkHistories(1_000);
});
