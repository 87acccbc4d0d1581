import type { Configuration } from '../../../run/configuration/index.ts';
import { type Entry, tabulate } from '../entries.ts';
import type { Report } from '../report.ts';
import { FixtureWorker } from './fixtures.ts';
import { clone, create, makeTemplate, recreate, truncate } from './alternatives.ts';
import { readSeed } from './seed.ts';
import { wakeUp, withServer } from './host.ts';
import { start } from './start.ts';
import { conversations } from './subjects.ts';

/** Compares the fixtures with alternatives on one server. */
export async function compare(configuration: Configuration, report: Report): Promise<void> {
  await withServer(configuration, 2, async (server) => {
    await using worker = await FixtureWorker.open(server, conversations, 0);
    await using resetting = await FixtureWorker.open(server, conversations, 1);
    const seed = await worker.borrow((pool) => readSeed(pool, 'thread_messages'));
    const peers = { server, subject: conversations, seed };
    await makeTemplate(peers);
    const entries: Entry[] = [
      {
        key: 'acquire_ms',
        label: 'acquire: lease() from the warm pool',
        lane: worker.acquire(),
        goal: { atMost: 0.5 },
      },
      {
        key: 'create_ms',
        label: '  CREATE DATABASE, schema, COPY',
        lane: create(peers),
        against: { ours: 'acquire_ms', key: 'acquire_vs_create', goal: { atLeast: 50 } },
      },
      {
        key: 'clone_ms',
        label: '  CREATE DATABASE … TEMPLATE, as pgtestdb',
        lane: clone(peers, 'wal_log'),
        against: { ours: 'acquire_ms', key: 'acquire_vs_clone', goal: { atLeast: 10 } },
      },
      {
        key: 'clone_file_copy_ms',
        label: '  the same, copied as files',
        lane: clone(peers, 'file_copy'),
        against: { ours: 'acquire_ms', key: 'acquire_vs_clone_file_copy' },
      },
      {
        key: 'reset_fast_ms',
        label: 'reset, fast: restore() after rows in 3 tables',
        lane: resetting.inPlaceReset(),
        goal: { atMost: 2 },
      },
      {
        key: 'recreate_ms',
        label: '  DROP and CREATE … TEMPLATE, as Testcontainers',
        lane: recreate(peers, 'wal_log'),
        against: { ours: 'reset_fast_ms', key: 'reset_vs_recreate', goal: { atLeast: 10 } },
      },
      {
        key: 'recreate_file_copy_ms',
        label: '  the same, copied as files',
        lane: recreate(peers, 'file_copy'),
        against: { ours: 'reset_fast_ms', key: 'reset_vs_recreate_file_copy' },
      },
      {
        key: 'truncate_ms',
        label: '  TRUNCATE all tables, COPY',
        lane: truncate(peers),
        against: { ours: 'reset_fast_ms', key: 'reset_vs_truncate', goal: { atLeast: 5 } },
      },
      {
        key: 'reset_strict_ms',
        label: 'reset, strict: restore() after CREATE TABLE',
        lane: worker.strictReset(),
        goal: { atMost: 10 },
      },
    ];
    const title = `${conversations.label}, each until the first query's answer`;
    await tabulate(report, title, entries, { warmUp: 5, rounds: 40, before: () => wakeUp(server) });
  });
}

export async function measureStart(configuration: Configuration, report: Report): Promise<void> {
  const entries: Entry[] = [
    { key: 'start_ms', label: 'start of a server from the cache', lane: start(configuration), goal: { atMost: 150 } },
  ];
  await tabulate(report, "The server, until the first query's answer", entries, { warmUp: 1, rounds: 10 });
}
