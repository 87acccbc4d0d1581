import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { cacheFolder } from '../../../lib/cache.ts';
import { readConfiguration } from '../../../run/configuration/index.ts';
import { RunHost } from '../../../run/index.ts';
import { expect, test as base } from '../../../testing/index.ts';
import type { ServerConnection } from '../connection.ts';
import { type Schema, startPostgresServer } from '../index.ts';
import { Maintenance } from '../maintenance.ts';
import { isCached } from '../names.ts';
import type { PostgresParts } from '../parts.ts';
import type { DatasetOption } from '../template.ts';
import { PostgresWorker } from '../worker.ts';

/** A run of its own with one worker, whose templates all go into the cache of this test. */
interface ShortRun {
  readonly server: ServerConnection;
  /** The sum of the rows of table `facts` in a fresh database of this schema and dataset. */
  sum(schema: Schema, dataset?: DatasetOption): Promise<number>;
}

interface CacheFixtures {
  /** Opens a run, lets `work` use it, and ends it. */
  inRun<T>(work: (run: ShortRun) => Promise<T>, parts?: Partial<PostgresParts>): Promise<T>;
  /** The names of what the cache has. */
  inCache: () => string[];
}

const test = base.extend<CacheFixtures>({
  inRun: async ({ root, _parts, _configuration }, use) => {
    const cache = path.join(root.path, 'cache');
    const [shared, own] = [_configuration.cache, cache].map((place) => cacheFolder(place, 'PostgreSQL'));
    for (const name of readdirSync(shared!).filter((one) => one.startsWith('postgres-data-')))
      execFileSync('cp', ['-R', '-p', path.join(shared!, name), own!]); // initdb takes much longer
    await use(async (work, changes) => {
      const { templateCaching } = _parts.postgres;
      const parts = {
        ..._parts.postgres,
        templateCaching: { ...templateCaching, isWorthwhile: () => true },
        ...changes,
      };
      const configuration = { ...readConfiguration({}), cache };
      const folder = path.join(root.path, 'runs');
      mkdirSync(folder, { recursive: true });
      await using host = await RunHost.open(
        {
          postgres: (place) =>
            startPostgresServer(configuration, { folder: place, workers: 1, caching: parts.templateCaching }),
        },
        folder,
      );
      const server = (await host.service('postgres')) as ServerConnection;
      const options = { server, run: host.folder.id, worker: 0, workers: 1, parts, measure: () => undefined };
      await using worker = await PostgresWorker.open(options);
      return await work({
        server,
        async sum(schema, dataset = 'empty') {
          const { database, end } = await worker.lease({ schema, dataset, isolation: 'database' });
          const [row] = await database.query<{ sum: number }>('SELECT coalesce(sum(fact), 0)::int AS sum FROM facts');
          await end({ keep: false });
          return row!.sum;
        },
      });
    });
  },
  inCache: async ({ root }, use) => {
    await use(() => {
      const own = cacheFolder(path.join(root.path, 'cache'), 'PostgreSQL');
      const folder = readdirSync(own).find((name) => name.startsWith('postgres-templates-'));
      return folder === undefined ? [] : readdirSync(path.join(own, folder), { recursive: true, encoding: 'utf8' });
    });
  },
});

/** A schema of code that counts how often it was made. */
function counting(key: string | undefined, sql = 'CREATE TABLE facts AS SELECT 40 AS fact') {
  const schema = {
    name: 'counting',
    made: 0,
    async apply(client: pg.Client) {
      schema.made++;
      await client.query(sql);
    },
    ...(key === undefined ? {} : { key }),
  };
  return schema;
}

test('a template is made by the first run, and taken from the cache by later ones', async ({ inRun, inCache }) => {
  const schema = counting('1');
  for (let run = 1; run <= 3; run++) expect(await inRun(({ sum }) => sum(schema))).toBe(40);
  expect(schema.made).toBe(1);
  expect(inCache()).toContainEqual(expect.stringMatching(/^1\/base\/\d+$/));
});

test('code without a key is made anew in every run', async ({ inRun, inCache }) => {
  const schema = counting(undefined);
  for (let run = 1; run <= 2; run++) expect(await inRun(({ sum }) => sum(schema))).toBe(40);
  expect(schema.made).toBe(2);
  expect(inCache()).toEqual([]);
});

test('another key, schema or dataset is another template', async ({ inRun }) => {
  const [first, second] = [counting('1'), counting('2')];
  const more = (fact: number) => ({
    name: 'more',
    key: String(fact),
    load: async (client: pg.Client) => void (await client.query(`INSERT INTO facts VALUES (${fact})`)),
  });
  await inRun(async ({ sum }) => {
    expect([await sum(first), await sum(first, more(2)), await sum(first, more(3))]).toEqual([40, 42, 43]);
  });
  await inRun(async ({ sum }) => {
    expect([await sum(first, more(3)), await sum(second), await sum(first, more(2))]).toEqual([43, 40, 42]);
  });
  expect([first.made, second.made]).toEqual([3, 1]);
});

test('a template grows the cache by itself alone, and serves beside later ones', async ({ inRun, inCache }) => {
  const [first, second] = [counting('1'), counting('2')];
  await inRun(({ sum }) => sum(first));
  await inRun(({ sum }) => sum(second));
  expect(
    inCache()
      .filter((name) => /^\d+\/(data|base\/\d+)$/.test(name))
      .toSorted(),
  ).toEqual([expect.stringMatching(/^1\/base\//), expect.stringMatching(/^2\/base\//), '2/data']);
  expect(await inRun(async ({ sum }) => [await sum(first), await sum(second)])).toEqual([40, 40]);
  expect([first.made, second.made]).toEqual([1, 1]);
});

test('of runs side by side the first to end adds its templates', async ({ inRun, inCache }) => {
  const [first, second] = [counting('1'), counting('2')];
  await inRun(async ({ sum }) => {
    await inRun((inner) => inner.sum(first));
    expect([await sum(second), await sum(first)]).toEqual([40, 40]);
  });
  await inRun(async ({ sum }) => expect([await sum(first), await sum(second)]).toEqual([40, 40]));
  expect([first.made, second.made]).toEqual([2, 2]);
  expect(inCache().filter((name) => /draft|old/.test(name))).toEqual([]);
});

test('the oldest templates make room for new ones', async ({ inRun, inCache, _parts }) => {
  const schemas = ['1', '2', '3'].map((key) => counting(key));
  const { templateCaching } = _parts.postgres;
  const roomForTwo = {
    templateCaching: {
      ...templateCaching,
      isWorthwhile: () => true,
      surplus: <T extends { readonly bytes: number }>(templates: readonly T[]) =>
        templates.slice(0, templateCaching.surplus(templates.map(() => ({ bytes: 500 * 1024 * 1024 }))).length),
    },
  };
  for (const schema of schemas) await inRun(({ sum }) => sum(schema), roomForTwo);
  expect(inCache().filter((name) => /^\d+\/base\/\d+$/.test(name))).toHaveLength(2);
  await inRun(({ sum }) => sum(schemas[2]!), roomForTwo);
  await inRun(({ sum }) => sum(schemas[0]!), roomForTwo);
  expect(schemas.map(({ made }) => made)).toEqual([2, 1, 1]);
});

test('a template whose files have gone is made again', async ({ inRun }) => {
  const schema = counting('1');
  await inRun(({ sum }) => sum(schema));
  await inRun(async ({ server, sum }) => {
    const { folder } = server.templateCache!;
    rmSync(path.join(folder, '1', 'base'), { recursive: true });
    expect(await sum(schema)).toBe(40);
  });
  expect(schema.made).toBe(2);
});

test('a template that is older than a day is made again', async ({ inRun }) => {
  const schema = counting('1');
  const { folder } = await inRun(async ({ server, sum }) => {
    await sum(schema);
    return server.templateCache!;
  });
  const [oid] = readdirSync(path.join(folder, '1', 'base'));
  const yesterday = (Date.now() - 24 * 3_600_000) / 1_000;
  utimesSync(path.join(folder, '1', 'base', oid!, 'PG_VERSION'), yesterday, yesterday);
  for (let run = 1; run <= 2; run++) await inRun(({ sum }) => sum(schema));
  expect(schema.made).toBe(2);
});

test('a run whose tests changed what databases share adds nothing', async ({ inRun, inCache }) => {
  await inRun(async ({ server, sum }) => {
    await sum(counting('1'));
    await using maintenance = new Maintenance(server, 'test');
    await maintenance.query('CREATE ROLE reader');
  });
  expect(inCache()).toEqual([]);
});

test('a template that needs roles is made anew, since they end with the run', async ({ inRun, inCache }) => {
  const schema = { ...counting('1'), prepare: { roles: ['reader'] } };
  await inRun(({ sum }) => sum(schema));
  expect(inCache()).toEqual([]);
});

test("a later run's server has the templates and no other database of earlier runs", async ({ inRun }) => {
  await inRun(({ sum }) => sum(counting('1')));
  const names = await inRun(async ({ server }) => {
    await using maintenance = new Maintenance(server, 'test');
    const { rows } = await maintenance.query<{ name: string }>('SELECT datname AS name FROM pg_database');
    return rows.map(({ name }) => name).filter((name) => name.startsWith('proving_ground'));
  });
  expect(names).toHaveLength(1);
  expect(isCached(names[0]!)).toBe(true);
});
