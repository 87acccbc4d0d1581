import { expect, test } from '@playwright/test';
import { type Catalogue, definitionsOf, inDatabase, readCatalogues, tablesOf } from './catalogue.ts';
import type { Administrator } from './connection.ts';
import { readContents, rowsOf, storesRows } from './contents.ts';

const shop = 'proving_ground_0a1b2c3d_0123456789abcdef_w1';
const view = '6e1f4c1e-5d0a-4a35-8f6f-0f8f3a1b2c3d';

/** A row of the catalogue, as the server returns it. */
type Row = Readonly<Record<'about' | 'name' | 'uuid' | 'engine' | 'definition' | 'partition' | 'fingerprint', string>>;

const row = (about: string, name: string, rest: Partial<Row> = {}): Row & { readonly database: string } => ({
  database: shop,
  about,
  name,
  uuid: `uuid of ${name}`,
  engine: '',
  definition: '',
  partition: '',
  fingerprint: '',
  ...rest,
});
const database = row('database', '', { engine: 'Atomic' });
const table = (name: string, engine = 'MergeTree', definition = `CREATE TABLE ${shop}.${name}`) =>
  row('object', name, { engine, definition });
const part = (name: string, partition: string, fingerprint: string) => row('part', name, { partition, fingerprint });

/** A server that answers questions about its own tables with a catalogue, and others with the contents of tables. */
function serverWith(rows: readonly Row[], contents: readonly object[] = []) {
  const asked: string[] = [];
  const admin = {
    rows: (sql: string) => {
      asked.push(sql);
      const isAboutUnsettled = sql.includes('system.mutations');
      const ofCatalogue = rows.filter(({ about }) => (about === 'unsettled') === isAboutUnsettled);
      return Promise.resolve(sql.includes('FROM system.') ? ofCatalogue : contents);
    },
  } as unknown as Administrator;
  return { admin, asked };
}

async function catalogueOf(rows: readonly Row[], contents: readonly object[] = []): Promise<Catalogue> {
  const [catalogue] = await readCatalogues(serverWith([database, ...rows], contents).admin, [shop]);
  return catalogue!;
}

const contentOf = (catalogue: Catalogue, name: string) => Object.fromEntries(catalogue.get(name)!.content);

test.describe('a database', () => {
  test('one that does not exist, or that others have made, has no catalogue', async () => {
    const of = async (...rows: Row[]) => (await readCatalogues(serverWith(rows).admin, [shop]))[0];
    expect(await of()).toBeUndefined();
    expect(await of({ ...database, engine: 'Memory' })).toBeUndefined();
    expect(await of({ ...database, definition: 'a comment' })).toBeUndefined();
    expect(await of(database)).toEqual(new Map());
  });

  test('several are read at once, and each has its own objects', async () => {
    const other = { ...database, database: 'other' };
    const [first, second] = await readCatalogues(
      serverWith([database, other, table('users'), { ...table('notes'), database: 'other' } as Row]).admin,
      [shop, 'other'],
    );
    expect([[...first!.keys()], [...second!.keys()]]).toEqual([['users'], ['notes']]);
  });

  test('where nothing runs, nothing unsettled is searched for', async () => {
    const { admin, asked } = serverWith([database]);
    await readCatalogues(admin, [shop], { quiet: true });
    expect(asked.join()).not.toContain('system.mutations');
    const { admin: busy, asked: askedBusy } = serverWith([database]);
    await readCatalogues(busy, [shop]);
    expect(askedBusy.join()).toContain('system.mutations');
  });
});

test.describe('objects', () => {
  test('kinds are told by engines, and only tables with rows of their own are compared by rows', async () => {
    const engines = ['MergeTree', 'View', 'MaterializedView', 'Dictionary', 'Memory', 'Distributed', 'Log'];
    const catalogue = await catalogueOf(engines.map((engine) => table(`a ${engine}`, engine)));
    expect([...catalogue.values()].map(({ kind }) => kind)).toEqual([
      'table',
      'view',
      'materialized view',
      'dictionary',
      'table',
      'table',
      'table',
    ]);
    expect(tablesOf(catalogue).map(({ engine }) => engine)).toEqual(['MergeTree', 'Memory', 'Log']);
    expect(['TinyLog', 'StripeLog', 'Join', 'EmbeddedRocksDB', 'ReplacingMergeTree'].every(storesRows)).toBe(true);
    expect(['Null', 'Buffer', 'Kafka', 'URL', 'Merge', 'MergeTreeLike'].some(storesRows)).toBe(false);
  });

  test('the table inside a materialized view is named after the view', async () => {
    const inner = `.inner_id.${view}`;
    const catalogue = await catalogueOf([
      row('object', 'totals', { uuid: view, engine: 'MaterializedView', definition: 'CREATE MATERIALIZED VIEW' }),
      row('object', inner, { engine: 'SummingMergeTree', definition: `CREATE TABLE ${shop}.${inner}` }),
      table('.inner_id.unknown'),
    ]);
    expect(catalogue.get('totals (its rows)')).toMatchObject({ physicalName: inner, owner: 'totals', kind: 'table' });
    expect(catalogue.get('totals')).toMatchObject({ physicalName: 'totals', owner: undefined });
    expect(catalogue.get('.inner_id.unknown')!.owner).toBeUndefined();
    expect(definitionsOf(catalogue)[1]!.definition).toBe('CREATE TABLE totals (its rows)');
  });

  test('what is under way or detached is not settled', async () => {
    const catalogue = await catalogueOf([
      table('users'),
      table('notes'),
      row('unsettled', 'notes'),
      row('detached', 'old'),
    ]);
    expect([...catalogue.values()].map(({ name, unsettled }) => [name, unsettled])).toEqual([
      ['users', false],
      ['notes', true],
      ['old (detached)', true],
    ]);
    expect(catalogue.get('old (detached)')).toEqual({
      name: 'old (detached)',
      physicalName: 'old',
      kind: 'detached table',
      engine: '',
      definition: 'detached',
      owner: undefined,
      content: new Map(),
      unsettled: true,
    });
  });
});

test.describe('content', () => {
  test('equal parts are equal content, in whatever order they are, for each partition', async () => {
    const one = await catalogueOf([table('users'), part('users', '2026', '3 b'), part('users', '2026', '1 a')]);
    const two = await catalogueOf([table('users'), part('users', '2026', '1 a'), part('users', '2026', '3 b')]);
    expect(contentOf(one, 'users')).toEqual({ '2026': '1 a, 3 b' });
    expect(contentOf(two, 'users')).toEqual(contentOf(one, 'users'));
    const others = await catalogueOf([
      table('users'),
      table('notes'),
      part('users', '2026', '1 a'),
      part('users', '2027', '1 a'),
      part('notes', 'all', '9 z'),
    ]);
    expect(contentOf(others, 'users')).toEqual({ '2026': '1 a', '2027': '1 a' });
    expect(contentOf(others, 'notes')).toEqual({ all: '9 z' });
  });

  test('rows are read only of tables without parts, and an empty one has no content', async () => {
    const rows = [database, table('users'), table('recent', 'Memory'), table('none', 'Log'), table('names', 'View')];
    const { admin, asked } = serverWith(rows, [
      { name: 'recent', rows: 2, hash: '77' },
      { name: 'none', rows: 0, hash: '0' },
    ]);
    const [catalogue] = await readCatalogues(admin, [shop]);
    expect(contentOf(catalogue!, 'recent')).toEqual({ all: '2 77' });
    expect(contentOf(catalogue!, 'none')).toEqual({});
    expect(contentOf(catalogue!, 'users')).toEqual({});
    expect(asked.at(-1)!.match(/FROM (\S+)/g)).toEqual([`FROM \`${shop}\`.\`recent\``, `FROM \`${shop}\`.\`none\``]);
  });

  test('no table is no question', async () => {
    const { admin, asked } = serverWith([]);
    expect(await readContents(admin, shop, [])).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('rows are compared as they are after merging', () => {
    const of = (engine: string) => rowsOf('shop', { physicalName: 'it`s', engine });
    expect(of('MergeTree')).toBe('`shop`.`it\\`s`');
    for (const engine of [
      'ReplacingMergeTree',
      'SummingMergeTree',
      'AggregatingMergeTree',
      'CollapsingMergeTree',
      'VersionedCollapsingMergeTree',
      'GraphiteMergeTree',
      'CoalescingMergeTree',
      'ReplicatedReplacingMergeTree',
      'SharedSummingMergeTree',
    ])
      expect(of(engine), engine).toBe('`shop`.`it\\`s` FINAL');
    for (const engine of ['ReplicatedMergeTree', 'Memory', 'View']) expect(of(engine), engine).not.toContain('FINAL');
  });
});

test.describe('definitions', () => {
  const definitionOf = async (definition: string) => {
    const catalogue = await catalogueOf([table('names', 'View', definition)]);
    return { shown: definitionsOf(catalogue)[0]!.definition, stored: catalogue.get('names')!.definition };
  };

  test('a definition can be carried to another database, which is not confused with one of a longer name', async () => {
    const { shown, stored } = await definitionOf(
      `CREATE VIEW ${shop}.names AS SELECT * FROM ${shop}.users, ${shop}0.x`,
    );
    expect(inDatabase(stored, 'copy')).toBe(`CREATE VIEW copy.names AS SELECT * FROM copy.users, ${shop}0.x`);
    expect(shown).toBe(`CREATE VIEW names AS SELECT * FROM users, ${shop}0.x`);
  });

  test("a view of ours is read as its database's user, and shown as its creator's", async () => {
    const { shown, stored } = await definitionOf(
      `CREATE VIEW ${shop}.names DEFINER = ${shop}_user SQL SECURITY DEFINER AS SELECT 1`,
    );
    expect(shown).toBe('CREATE VIEW names DEFINER = its creator SQL SECURITY DEFINER AS SELECT 1');
    expect(inDatabase(stored, `${shop}_snapshot_3`)).toContain(`DEFINER = ${shop}_builder SQL`);
  });

  test('another definer stays', async () => {
    const { shown } = await definitionOf(`CREATE VIEW ${shop}.names DEFINER = ana SQL SECURITY DEFINER AS SELECT 1`);
    expect(shown).toContain('DEFINER = ana SQL');
  });

  test('passwords are hidden, and a changed one is a change', async () => {
    const source = (password: string) =>
      `CREATE DICTIONARY d SOURCE(CLICKHOUSE(USER 'ana' PASSWORD '${password}' TABLE 't')) -- it's`;
    const [{ shown: one }, { shown: two }] = [await definitionOf(source("s\\'1")), await definitionOf(source('s2'))];
    expect(one).toMatch(
      /^CREATE DICTIONARY d SOURCE\(CLICKHOUSE\(USER 'ana' PASSWORD '\(hidden [0-9a-f]{8}\)' TABLE 't'\)\) -- it's$/,
    );
    expect(two).not.toBe(one);
    expect((await definitionOf(source("s\\'1"))).shown).toBe(one);
    expect((await definitionOf("CREATE DICTIONARY d SOURCE(HTTP(password 'x'))")).shown).toContain(
      "password '(hidden ",
    );
  });
});
