import type { Configuration } from '../../configuration/index.ts';
import { interleave, type Lane, type Series } from '../interleave.ts';
import { type Goal, type Report, shown } from '../report.ts';
import { ratio, summarize } from '../statistics.ts';
import { OurWorker } from './ours.ts';
import { clone, create, makeTemplate, recreate, truncate } from './peers.ts';
import { readSeed } from './seed.ts';
import { wakeUp, withServer } from './server.ts';
import { start } from './start.ts';
import { conversations } from './subjects.ts';

/** One row of the comparison. */
interface Entry {
  /** Key of its median. */
  readonly key: string;
  readonly label: string;
  readonly lane: Lane;
  readonly goal?: Goal;
  /** What it is compared with: the key of an entry of ours, and the ratio's. */
  readonly against?: { readonly ours: string; readonly key: string; readonly goal?: Goal };
}

/** Ours beside what a user would do instead, on one server. */
export async function compare(configuration: Configuration, report: Report): Promise<void> {
  await withServer(configuration, 2, async (server) => {
    await using worker = await OurWorker.open(server, conversations, 0);
    await using resetting = await OurWorker.open(server, conversations, 1);
    const seed = await worker.borrow((pool) => readSeed(pool, 'thread_messages'));
    const peers = { server, subject: conversations, seed };
    await makeTemplate(peers);
    const entries: Entry[] = [
      { key: 'acquire_ms', label: 'acquire: lease() from the warm pool', lane: worker.acquire(), goal: { atMost: 0.5 } },
      { key: 'create_ms', label: '  CREATE DATABASE, schema, COPY', lane: create(peers), against: { ours: 'acquire_ms', key: 'acquire_vs_create', goal: { atLeast: 50 } } },
      { key: 'clone_ms', label: '  CREATE DATABASE … TEMPLATE, as pgtestdb', lane: clone(peers, 'wal_log'), against: { ours: 'acquire_ms', key: 'acquire_vs_clone', goal: { atLeast: 10 } } },
      { key: 'clone_file_copy_ms', label: '  the same, copied as files', lane: clone(peers, 'file_copy'), against: { ours: 'acquire_ms', key: 'acquire_vs_clone_file_copy' } },
      { key: 'reset_fast_ms', label: 'reset, fast: restore() after rows in 3 tables', lane: resetting.fastReset(), goal: { atMost: 2 } },
      { key: 'recreate_ms', label: '  DROP and CREATE … TEMPLATE, as Testcontainers', lane: recreate(peers, 'wal_log'), against: { ours: 'reset_fast_ms', key: 'reset_vs_recreate', goal: { atLeast: 10 } } },
      { key: 'recreate_file_copy_ms', label: '  the same, copied as files', lane: recreate(peers, 'file_copy'), against: { ours: 'reset_fast_ms', key: 'reset_vs_recreate_file_copy' } },
      { key: 'truncate_ms', label: '  TRUNCATE all tables, COPY', lane: truncate(peers), against: { ours: 'reset_fast_ms', key: 'reset_vs_truncate', goal: { atLeast: 5 } } },
      { key: 'reset_strict_ms', label: 'reset, strict: restore() after CREATE TABLE', lane: worker.strictReset(), goal: { atMost: 10 } },
    ];
    const series = await interleave(entries.map(({ key, lane }) => ({ name: key, lanes: [lane] })), { warmUp: 5, rounds: 40, before: () => wakeUp(server) });
    tabulate(report, `${conversations.label}, each until the first query's answer`, entries, series);
  });
}

export async function measureStart(configuration: Configuration, report: Report): Promise<void> {
  const entries: Entry[] = [{ key: 'start_ms', label: 'start of a server from the cache', lane: start(configuration), goal: { atMost: 150 } }];
  const series = await interleave([{ name: 'start_ms', lanes: [entries[0]!.lane] }], { warmUp: 1, rounds: 10 });
  tabulate(report, "The server, until the first query's answer", entries, series);
}

function tabulate(report: Report, title: string, entries: readonly Entry[], series: ReadonlyMap<string, Series>): void {
  const values = (key: string): readonly number[] => series.get(key)!.each;
  const rows = entries.map(({ key, label, goal, against }) => {
    const { median, p95, n } = summarize(values(key));
    const verdict = report.figure(key, median, goal);
    const times = against === undefined ? verdict : report.ratio(against.key, ratio(values(key), values(against.ours)), against.goal);
    return [label, shown(median), shown(p95), String(n), times];
  });
  report.table(title, ['', 'median ms', 'p95 ms', 'n', 'goal; ours is … times faster'], rows);
}
