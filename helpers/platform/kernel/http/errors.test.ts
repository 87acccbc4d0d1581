import { createClient } from '@clickhouse/client';
import { expect, test } from '../../../../fixtures/index.ts';
import { toApiError } from './errors.ts';

const statements = [
  ['is not SQL', 'SELEC 1', 'INTERNAL_ERROR'],
  ['names a column that there is not', 'SELECT nothing FROM users', 'INTERNAL_ERROR'],
  [
    'mistakes a type, in words of a broken connection',
    "SELECT toUInt8('connection closed after a timeout')",
    'INTERNAL_ERROR',
  ],
  ['needs a table that is away', 'SELECT * FROM nowhere', 'SERVICE_UNAVAILABLE'],
  ['needs a database that is away', 'SELECT * FROM nowhere.nothing', 'SERVICE_UNAVAILABLE'],
  [
    'takes more time than there is',
    'SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_execution_time = 0.1, max_block_size = 1',
    'SERVICE_UNAVAILABLE',
  ],
] as const;

for (const [what, query, code] of statements) {
  test(`a statement to the metrics store that ${what}: ${code}`, async ({ clickhouse }) => {
    const answer = clickhouse.client.query({ query }).then((rows) => rows.text());
    expect(await answer.catch(toApiError)).toMatchObject({ code });
  });
}

test('an unreachable metrics store is 503', async () => {
  const client = createClient({ url: 'http://127.0.0.1:1', log: { level: 127 } });
  expect(await client.query({ query: 'SELECT 1' }).catch(toApiError)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await client.close();
});
