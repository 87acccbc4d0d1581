import fc from 'fast-check';
import { expect, test } from '../../../../testing/index.ts';
import { freeSlug, slugOf } from './slug.ts';

const titles = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom('Test Page', 'test page!', '../', '..', '', '日本語', '🎉', '.git', 'a/b', 'x'.repeat(500)),
);

test('a slug is valid in an address and a file name for any title', () => {
  const { counterexample } = fc.check(
    fc.property(
      titles,
      (title) => /^(?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slugOf(title)) && slugOf(title) === slugOf(title),
    ),
    { numRuns: 5_000 },
  );
  expect(counterexample).toBeNull();
});

test('a free slug is not taken', () => {
  const { counterexample } = fc.check(
    fc.property(fc.array(titles, { maxLength: 30 }), (many) => {
      const taken = new Set<string>();
      for (const title of many) taken.add(freeSlug(title, taken));
      return taken.size === many.length;
    }),
    { numRuns: 500 },
  );
  expect(counterexample).toBeNull();
});

test('a slug reads like its title', () => {
  expect(
    [
      'Test Page',
      'page A',
      '  Über uns! ',
      'Café №1',
      '../../etc/passwd',
      '<script>alert(1)</script>',
      "It's $(here)",
    ].map(slugOf),
  ).toEqual(['test-page', 'page-a', 'uber-uns', 'cafe-no1', 'etc-passwd', 'script-alert-1-script', 'it-s-here']);
  expect(slugOf('日本語')).toMatch(/^page-[0-9a-f]{8}$/);
  expect(slugOf('日本語')).not.toBe(slugOf('🎉'));
});
