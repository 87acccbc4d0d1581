import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { embedded, html } from './html.ts';

test('text is escaped in elements and attributes', () => {
  expect(html`<b title="${'"\'&'}">${'</script><b>'}</b>`.toString()).toBe(
    '<b title="&quot;&#39;&amp;">&lt;/script&gt;&lt;b&gt;</b>',
  );
});

test('HTML is not escaped twice, lists are joined, and undefined is empty', () => {
  expect(html`<p>${[html`<i>1</i>`, 2, undefined, ['<']]}</p>`.toString()).toBe('<p><i>1</i>2&lt;</p>');
});

test('no text breaks out of its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.toString()).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
  );
});

test('no text ends its embedding script, and all of it arrives', () => {
  fc.assert(
    fc.property(
      fc
        .anything({ values: [fc.string(), fc.constantFrom('</script>', '<!--<script>')], withNullPrototype: false })
        .filter((data) => JSON.stringify(data) !== undefined),
      (data) => {
        const text = embedded(data).toString();
        expect(text).not.toContain('<');
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(data));
      },
    ),
  );
});
