import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { realms } from '../../platform/kernel/realms.ts';
import { signToken } from '../../platform/kernel/tokens.ts';
import { secretsIn } from './environment.ts';
import { maskBytes } from './files.ts';
import { maskerFor } from './masker.ts';
import { maskMessage } from './masked-message.ts';

const password = 'c0rrect@horse:/%\'"<b>&+ stäple\\';
const masker = maskerFor(secretsIn({ TEST_POSTGRES_PASSWORD: password }))!;

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Like a comparison of two texts, with differences in inverse colours. */
function coloured(text: string): string {
  const characters = Array.from(text);
  return [...characters.slice(0, 3), '\u001b[7m', ...characters.slice(3, 5), '\u001b[27m', ...characters.slice(5)].join(
    '',
  );
}

const forms: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a URL': encodeURIComponent,
  'in a URL, small letters': (text) => encodeURIComponent(text).replaceAll(/%../g, (code) => code.toLowerCase()),
  'in a query': (text) => new URLSearchParams({ p: text }).toString().slice(2),
  'in a URL in a query': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in JSON': inJson,
  'in JSON in JSON': (text) => inJson(inJson(text)),
  'in a URL in JSON in JSON': (text) => inJson(inJson(encodeURIComponent(text))),
  'in HTML': html,
  'in JSON in HTML': (text) => html(inJson(text)),
  'in HTML in JSON': (text) => inJson(html(text)),
  'in HTML in HTML': (text) => html(html(text)),
  'in XML by numbers': (text) =>
    text.replaceAll(/[<>&'"]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
  'in SQL': (text) => text.replaceAll("'", "''"),
  'as Node shows it': (text) => inspect(text).slice(1, -1),
  coloured,
  'coloured, in JSON': (text) => inJson(coloured(text)),
  'as the bytes of a file': (text) => Buffer.from(text).toString('latin1'),
};

for (const [name, form] of Object.entries(forms)) {
  test(`a password ${name} is masked, and nothing else`, () => {
    expect(masker.text(`before ${form(password)} after`)).toBe('before *** after');
  });
}

test('the beginning of a password is masked where a text was cut off', () => {
  for (const length of [6, 9, password.length]) {
    const cut = password.slice(0, length);
    expect(masker.text(`Subject: at ${cut}\n${inJson(cut)}… ${html(cut)}...`)).toBe('Subject: at ***\n***… ***...');
  }
  expect(masker.text('c0rrec')).toBe('***');
  expect(masker.text('c0rrection')).toBe('c0rrection');
});

test('any password is masked in any form', () => {
  const anyPassword = fc.string({
    unit: fc.oneof(
      { arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }), weight: 9 },
      fc.constantFrom('ä', '→', '🔑'),
    ),
    minLength: 8,
    maxLength: 24,
  });
  fc.assert(
    fc.property(anyPassword, fc.constantFrom(...Object.keys(forms)), (secret, name) => {
      const masked = maskerFor(secretsIn({ SOME_PASSWORD: secret }))!.text(`<<${forms[name]!(secret)}>>`);
      expect(masked).toMatch(/^<<?\*\*\*>?>$/);
    }),
    { numRuns: 300 },
  );
});

test('a password within a text in base64 is masked', () => {
  for (const before of ['', 'a', 'ab', 'ana:', '{"password":"']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const decoded = Buffer.from(
        masker.text(Buffer.from(`${before}${password} and more`).toString(encoding)),
        encoding,
      ).toString();
      expect(decoded).not.toContain(password.slice(3, 9));
    }
  }
});

test('secrets are found by the names of variables, and as passwords in URLs', () => {
  const { values } = secretsIn({
    TEST_POSTGRES_URL: 'postgresql://ana:s3cr3t%40home@db.example.com/app?sslpassword=an0ther-one',
    TEST_PLATFORM_SECRET: 'signs-tokens',
    PGPASSWORD: 'of-the-client',
    AWS_SECRET_ACCESS_KEY: 'of-the-cloud',
    AWS_SESSION_TOKEN: 'of-the-session',
    GITHUB_TOKEN: 'of-the-host',
    HTTPS_PROXY: 'http://ben:of-the-proxy@proxy.example.com',
    HOME: '/home/ana',
    TEST_PLATFORM_URL: 'https://platform.example.com',
    TEST_POSTGRES_USER: 'ana-and-company',
    EMPTY_PASSWORD: '',
  });
  expect(values.map(({ value }) => value).toSorted()).toEqual(
    [
      'an0ther-one',
      'of-the-client',
      'of-the-cloud',
      'of-the-host',
      'of-the-proxy',
      'of-the-session',
      's3cr3t@home',
      'signs-tokens',
    ].toSorted(),
  );
  expect(values.every(({ isCommon }) => !isCommon)).toBe(true);
  expect(maskerFor(secretsIn({ HOME: '/home/ana' }))).toBeUndefined();
});

test('a password that is a common word is masked only in the position of a password', () => {
  const common = maskerFor(secretsIn({ TEST_POSTGRES_URL: 'postgresql://postgres:postgres@localhost/postgres' }))!;
  for (const [text, masked] of [
    ['postgresql://postgres:postgres@localhost/postgres', 'postgresql://postgres:***@localhost/postgres'],
    ['{"user":"postgres","password":"postgres"}', '{"user":"postgres","password":"***"}'],
    ['PGPASSWORD=postgres psql -U postgres', 'PGPASSWORD=*** psql -U postgres'],
    ['the role postgres of the postgres image', 'the role postgres of the postgres image'],
    [`Authorization: Basic ${btoa('postgres:postgres')}`, 'Authorization: Basic ***'],
  ] as const)
    expect(common.text(text)).toBe(masked);
});

test('a signed token is masked when it opens a deployed platform', () => {
  const token = signToken(
    { user_id: 'ana', email: 'ana@example.com', roles: [], tenant_id: 'company' },
    'signs-tokens',
    60_000,
    realms.experiments,
  );
  const shown = `${token.slice(0, token.lastIndexOf('.'))}.***`;
  const deployed = maskerFor(secretsIn({ TEST_PLATFORM_SECRET: 'signs-tokens' }))!;
  expect(deployed.text(`Bearer ${token}, ${coloured(token)}`)).toBe(`Bearer ${shown}, ${coloured(shown)}`);
  expect(masker.text(`Bearer ${token}`)).toBe(`Bearer ${token}`);
});

test('archives and compressed data are masked inside, and bytes without secrets stay the same', () => {
  const inner = zipSync({ 'a.json': strToU8(JSON.stringify({ password })), 'b.bin': Buffer.from([0, 255, 254]) });
  const outer = unzipSync(maskBytes(zipSync({ 'inner.zip': inner }), masker)!);
  const { 'a.json': json, 'b.bin': binary } = unzipSync(outer['inner.zip']!);
  expect(strFromU8(json!)).toBe('{"password":"***"}');
  expect([...binary!]).toEqual([0, 255, 254]);
  expect(gunzipSync(maskBytes(gzipSync(`the password ${password}`), masker)!).toString()).toBe('the password ***');
  expect(Buffer.from(maskBytes(Buffer.from(`PK\u0003\u0004 is no archive: ${password}`), masker)!).toString()).toBe(
    'PK\u0003\u0004 is no archive: ***',
  );
  expect(maskBytes(Buffer.from([0, 255, 254]), masker)).toBeUndefined();
});

test('a message keeps its paths and ids, and its texts and bytes are masked', () => {
  const message = {
    testId: 'a',
    errors: [{ message: password, location: { file: '/a.ts', line: 1 } }],
    body: btoa(`log: ${inJson('c0rrect@horse')}`),
    at: new Date(0),
  };
  const own = maskerFor(secretsIn({ SOME_PASSWORD: password, OTHER_PASSWORD: 'c0rrect@horse' }))!;
  expect(maskMessage(message, own)).toEqual({
    ...message,
    errors: [{ message: '***', location: { file: '/a.ts', line: 1 } }],
    body: btoa('log: ***'),
  });
});
