import { expect, test } from '../../../fixtures/index.ts';
import { readCatalogues } from './catalogue.ts';
import { Administrator } from './connection.ts';

test('a mutation that keeps all rows is never taken for settled', async ({ _clickhouseServer, clickhouse }) => {
  await using admin = new Administrator(_clickhouseServer);
  const users = async () => (await readCatalogues(admin, [clickhouse.name]))[0]!.get('users')!;
  const contentOf = ({ content }: { readonly content: ReadonlyMap<string, string> }) => JSON.stringify([...content]);

  for (let mutation = 1; mutation <= 20; mutation++) {
    const before = contentOf(await users());
    await clickhouse.client.command({
      query: `ALTER TABLE users UPDATE display_name = '${mutation}' WHERE sleepEachRow(0.002) = 0`,
      clickhouse_settings: { mutations_sync: '0' },
    });
    let seen = await users();
    while (seen.unsettled) seen = await users();
    expect(contentOf(seen), `rows after mutation ${mutation}`).not.toBe(before);
  }
});
