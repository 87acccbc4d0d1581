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
  expect(text).toContain(
    [
      '### Gates that failed\n',
      '- The success rate is 97.9 %, and 100 % is asked for.',
      '- session.coldStart is 48 % slower than usual.\n',
    ].join('\n'),
  );
  expect(text).toContain('| area | tests | failed | flaky | p95 | measurement | would cost | left behind |\n');
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

test('what did not run has a column, and an area without a latency a dash', () => {
  const rich = richSummary();
  const [area] = rich.areas as [(typeof rich.areas)[number]];
  const text = renderMarkdown({
    ...rich,
    tests: { ...rich.tests, didNotRun: 7 },
    areas: [{ ...area, latency: null, tests: { ...area.tests, didNotRun: 7 } }],
  });
  expect(text).toContain(
    [
      '| area | tests | failed | flaky | did not run | p95 | measurement | would cost | left behind |',
      '| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |',
      '| databases | 64 | 0 | 0 | 7 | – | – | \\$0.0028 | 0 |\n',
    ].join('\n'),
  );
});

test('fifty failures are named with their last error, and errors of no test stand before them', () => {
  const rich = richSummary();
  const failing = { ...rich.all[0]!, outcome: 'failed' as const, file: 'a.spec.ts', line: 3, title: 'pays' };
  const attempts = [{ ...failing.attempts[0]!, error: 'Error: *no*' }];
  const failures = (count: number) => Array.from({ length: count }, () => ({ ...failing, attempts }));
  const text = renderMarkdown({ ...rich, all: failures(50), run: { ...rich.run, errors: ['no *server*'] } });
  expect(text).toContain('### Errors of no test\n\n- no \\*server\\*\n\n### Failed\n\n');
  expect(text.match(/^- \*\*pays\*\* \(a\.spec\.ts\\:3\)<br>Error\\: \\\*no\\\*$/gm)).toHaveLength(50);
  expect(text).not.toContain(' more\n');
  const many = renderMarkdown({ ...rich, all: failures(51) });
  expect(many).toContain('\n- and 1 more\n');
  expect(many.match(/\*\*pays\*\*/g)).toHaveLength(50);
  const silent = { ...failing, attempts: [{ ...failing.attempts[0]!, error: undefined }] };
  expect(renderMarkdown({ ...rich, all: [silent] })).toContain('- **pays** (a.spec.ts\\:3)\n');
});

test('the moment, the duration and the commit stand below the heading', () => {
  expect(renderMarkdown(richSummary()).split('\n\n')[1]).toMatch(/^21 Nov 2026, 20\\:11 UTC · .* · 2f6cb1d9a0$/);
});
