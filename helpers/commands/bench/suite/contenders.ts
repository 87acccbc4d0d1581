import { fileURLToPath } from 'node:url';

/** A way to run the tests: what a file of tests begins with, and what each of its tests does in one line. */
export interface Contender {
  readonly key: string;
  readonly label: string;
  readonly config: 'plain' | 'ours';
  readonly head: string;
  readonly test: string;
}

/** The isolations that a test's database can have. */
export const isolations = ['database', 'reset', 'rollback'] as const;

/** Each test writes what the next one could not, if it saw it, and reads how much there is. */
export const write = `INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana')`;
export const read = 'SELECT count(*)::int AS users FROM users';

export const plain: Contender = {
  key: 'plain',
  label: 'plain Playwright',
  config: 'plain',
  head: `import { expect, test } from '@playwright/test';`,
  test: 'async () => expect(1 + 1).toBe(2)',
};

export const withoutFixture: Contender = {
  key: 'no_fixture',
  label: 'ours, no fixture',
  config: 'ours',
  head: `import { expect, test } from '${file('../../../../fixtures/index.ts')}';`,
  test: plain.test,
};

export const withDatabase: readonly Contender[] = isolations.map((isolation) => ({
  key: isolation,
  label: `ours, postgres, ${isolation}`,
  config: 'ours',
  head: `${withoutFixture.head}\ntest.use({ isolation: '${isolation}' });`,
  test: testOf('postgres', (sql) => `await postgres.query(${sql})`),
}));

/** A technique without this project, and which of our isolations promises the same. */
export interface Peer extends Contender {
  readonly against: (typeof isolations)[number];
  /** How many times what ours costs it should cost. */
  readonly goal: number;
}

export const peers: readonly Peer[] = [
  peer('clone', 'CREATE DATABASE … TEMPLATE, as pgtestdb', 'database', 3),
  peer('truncate', 'TRUNCATE all tables, INSERT', 'reset', 3),
  peer('transaction', 'BEGIN … ROLLBACK by hand', 'rollback', 1),
  peer('pgsql-test', 'the package pgsql-test', 'rollback', 1),
];

function peer(name: string, label: string, against: Peer['against'], goal: number): Peer {
  return {
    key: name.replace('-', '_'),
    label: `  ${label}`,
    config: 'plain',
    head: `import { expect } from '@playwright/test';\nimport { test } from '${file(`peers/${name}.ts`)}';`,
    test: testOf('client', (sql) => `(await client.query(${sql})).rows`),
    against,
    goal,
  };
}

function testOf(fixture: string, query: (sql: string) => string): string {
  const written = query(JSON.stringify(write));
  return `async ({ ${fixture} }) => { ${written}; expect(${query(JSON.stringify(read))}).toEqual([{ users: 4 }]); }`;
}

function file(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
