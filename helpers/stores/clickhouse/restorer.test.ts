import { expect, test } from '@playwright/test';
import type { Activity } from './activity.ts';
import type { Administrator, TestRole } from './connection.ts';
import { planner } from './mirror.ts';
import { Restorer } from './restorer.ts';

const database = 'proving_ground_0a1b2c3d_0123456789abcdef_w1';
const user = { user: `${database}_user`, password: '' };
const testRole: TestRole = { ...user, database, builder: { user: `${database}_builder`, password: '' } };
const template = { name: `${database}_template_0a1b2c3d4e5f` };

/** Objects by their engines, each in the source and in the database. */
type Objects = Readonly<Record<string, string>>;

const events: Objects = { events: 'MergeTree' };

/** A server whose tables are equal but for their parts, which are given as fingerprints, and a restorer on it. */
class Server {
  readonly asked: string[] = [];
  /** Of the table `events` in the source, and in the database. */
  parts = { source: 'a', target: 'a' };
  activity: Omit<Activity, 'contents'> = { isRunning: false, isWaiting: false, otherStatements: 3 };
  readonly restorer: Restorer;

  constructor(objects: Objects, onAlter: (server: Server) => void = () => undefined) {
    const hashes = (): [string, string][] => [
      [template.name, this.parts.source],
      [database, this.parts.target],
    ];
    const catalogue = (): object[] =>
      hashes().flatMap(([of, hash]) => [
        { about: 'database', database: of, name: '', engine: 'Atomic', definition: '' },
        ...Object.entries(objects).map(([name, engine]) => ({
          about: 'object',
          database: of,
          name,
          engine: engine.replace(/ .*/, ''),
          definition: `CREATE ${engine}`,
        })),
        { about: 'part', database: of, name: 'events', partition: 'all', fingerprint: `1 ${hash}` },
      ]);
    const admin = {
      rows: (sql: string) => {
        if (sql.includes('system.mutations')) return Promise.resolve([]);
        this.asked.push(sql.includes('create_table_query') ? 'definitions' : 'parts');
        return Promise.resolve(
          sql.includes('create_table_query')
            ? catalogue()
            : hashes().map(([of, hash]) => ({ database: of, name: 'events', partition: 'all', rows: 1, hash })),
        );
      },
      run: (sql: string) => {
        this.asked.push(sql.replaceAll('`', '').replaceAll(template.name, 'template').replaceAll(database, 'target'));
        onAlter(this);
        return Promise.resolve();
      },
    } as unknown as Administrator;
    const contents = () => new Map([['events', new Map([['all', `1 ${this.parts.target}`]])]]);
    const observer = { observe: () => Promise.resolve({ ...this.activity, contents: contents() }) };
    this.restorer = new Restorer(admin, testRole, { planner, observer });
  }

  /** What a restore asks of the server. */
  async restore(options = {}, source: { readonly name: string } = template): Promise<string[]> {
    this.asked.length = 0;
    await this.restorer.restore(source, options);
    return this.asked;
  }
}

const equalize = (server: Server): void => void (server.parts.target = server.parts.source);
const replace = "ALTER TABLE target.events REPLACE PARTITION ID 'all' FROM template.events";

const checked = { checked: true };

test('after SELECT and INSERT alone, only parts are compared and put back', async () => {
  const server = new Server({ ...events, daily: 'View', fill: 'MaterializedView', nothing: 'Null' }, equalize);
  expect(await server.restore()).toEqual(['definitions']);
  expect(await server.restore()).toEqual([]);
  server.parts.target = 'b';
  expect(await server.restore()).toEqual([replace]);
  expect(await server.restore(checked)).toEqual([]);
  server.parts.target = 'b';
  expect(await server.restore(checked)).toEqual([replace, 'parts']);
});

test('a check puts back rows that are there after the first time', async () => {
  let alters = 0;
  const server = new Server(events, (one) => (++alters === 1 ? void (one.parts.target = 'late') : equalize(one)));
  await server.restore();
  server.parts.target = 'b';
  expect(await server.restore(checked)).toEqual([replace, 'parts', replace, 'parts']);
});

test('a check sees that parts of the source have merged', async () => {
  const server = new Server(events, equalize);
  await server.restore();
  server.parts = { source: 'merged', target: 'b' };
  expect(await server.restore(checked)).toEqual([replace, 'parts']);
  expect(await server.restore()).toEqual([]);
});

test('definitions are compared again where a check finds that parts cannot be made equal', async () => {
  const server = new Server(events);
  await server.restore();
  server.parts.target = 'b';
  await expect(server.restore(checked)).rejects.toThrow('events would not');
  expect(server.asked.slice(0, 7)).toEqual([replace, 'parts', replace, 'parts', replace, 'parts', 'definitions']);
});

test('definitions are compared after another statement', async () => {
  const server = new Server(events);
  await server.restore();
  server.activity = { ...server.activity, otherStatements: 4 };
  expect(await server.restore()).toEqual(['definitions']);
  expect(await server.restore()).toEqual([]);
});

test('definitions are compared after the database was dropped', async () => {
  const server = new Server(events);
  await server.restore();
  await server.restorer.drop();
  expect(await server.restore()).toEqual(['definitions']);
});

test('definitions are compared after a source that is not known, of whatever name', async () => {
  const server = new Server(events);
  await server.restore();
  expect(await server.restore({}, { ...template })).toEqual(['definitions']);
});

test('a query that runs is ended, and rows that wait are written, before definitions are compared', async () => {
  const server = new Server(events);
  await server.restore();
  server.activity = { isRunning: true, isWaiting: true, otherStatements: 3 };
  expect(await server.restore()).toEqual([
    `KILL QUERY WHERE user = 'target_user' SYNC`,
    'SYSTEM FLUSH ASYNC INSERT QUEUE',
    'definitions',
  ]);
});

for (const engine of ['Memory', 'Join', 'Buffer', 'Dictionary', 'MaterializedView REFRESH EVERY 1 DAY']) {
  test(`where there is a ${engine}, definitions and rows are always compared`, async () => {
    const server = new Server({ ...events, other: engine });
    await server.restore();
    expect(await server.restore()).toContain('definitions');
  });
}
