import { fileURLToPath } from 'node:url';

const fixtures = fileURLToPath(new URL('../../../../fixtures/index.ts', import.meta.url));

/** A way to run the tests: what a file of tests begins with, and what each of its tests does in one line. */
export interface Contender {
  readonly key: string;
  readonly label: string;
  readonly config: 'plain' | 'ours';
  readonly head: string;
  readonly test: string;
}

/** Each test writes what the next one could not, if it saw it, and reads how much there is. */
const write = `INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana')`;
const read = 'SELECT count(*)::int AS users FROM users';

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
  head: `import { expect, test } from ${JSON.stringify(fixtures)};`,
  test: plain.test,
};

export function withDatabase(isolation: 'database' | 'reset' | 'rollback'): Contender {
  return {
    key: isolation,
    label: `ours, postgres, ${isolation}`,
    config: 'ours',
    head: `${withoutFixture.head}\ntest.use({ isolation: '${isolation}' });`,
    test: `async ({ postgres }) => { await postgres.query(\`${write}\`); expect(await postgres.query('${read}')).toEqual([{ users: 4 }]); }`,
  };
}
