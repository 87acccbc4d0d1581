import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { escapeMarkdown, renderMarkdown } from './markdown.ts';
import { emptySummary, richSummary } from '../../../helpers/testing/cost-performance/sample-summary/index.ts';

test('the summary starts with the verdict, then failures, then the table', () => {
  const text = renderMarkdown(richSummary());
  expect(text.split('\n\n')[0]).toBe('## ✗ 3 of 150 tests failed, 1 flaky, 4 skipped, and 2 gates failed');
  expect([...text.matchAll(/^(?:### .*|\| area)/gm)].map(([title]) => title)).toEqual([
    '### Failed',
    '### Gates that failed',
    '### Slower than usual',
    '### Faster than usual',
    '| area',
    '### Resources',
    '### What is not known',
  ]);
  expect(text).toContain('- **session.coldStart** in sessions \\+48 % \\(p \\< 0.001, 22 against 264 samples\\)\n');
  expect(text).toContain('| databases | 64 | 0 | 0 | 0.56 ms | postgres.acquire | \\$0.0028 | 0 |\n');
});

test('a test title is escaped as text', () => {
  expect(renderMarkdown(richSummary())).toContain(
    '- **a title with \\<script\\>alert\\(1\\)\\</script\\> \\& "quotes" is a title, and nothing else \\(119\\)**',
  );
  expect(escapeMarkdown('a | b\n# c `d` @e $f$')).toBe('a \\| b \\# c \\`d\\` \\@e \\$f\\$');
});

test('escaped text stays on one line and reads as written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeMarkdown(text);
      expect(escaped).not.toMatch(/[\n\r]/);
      expect(escaped.replaceAll(/\\(.)/gu, '$1')).toBe(text.replaceAll(/\s+/g, ' '));
      expect(escaped.replaceAll(/\\./gu, '')).not.toMatch(/[`*_[\]<>|~&@$#]/);
    }),
  );
});

test('the first of many failures are named and the others counted', () => {
  const rich = richSummary();
  const all = rich.all.map((each) => ({ ...each, outcome: 'failed' as const }));
  const text = renderMarkdown({ ...rich, all });
  expect(text).toContain('\n- and 100 more\n');
});

test('a run without data is described as such', () => {
  expect(renderMarkdown(emptySummary())).toBe(
    [
      '## ✗ Interrupted\\: no test ran',
      '21 Nov 2026, 20\\:11 UTC · 0 ms',
      'Cost\\: nothing, no estimate without a history, no budget.',
      '### What is not known',
      '- The run was interrupted before it said anything.\n',
    ].join('\n\n'),
  );
});
