import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import type { Configuration } from '../../../run/configuration/index.ts';
import { interleave, type Rounds, type Series } from '../interleave.ts';
import { type Report, shown } from '../report.ts';
import { median, summarize } from '../statistics.ts';
import { FixtureWorker } from './fixtures.ts';
import { type BenchServer, wakeUp, withServer } from './host.ts';
import { conversations, megabytes, type Subject, tables } from './subjects.ts';

/** This project under one load. */
interface Case {
  readonly label: string;
  /** The suffix of its figures' keys. */
  readonly suffix: string;
  readonly subject: Subject;
  /** Concurrent workers. */
  readonly workers: number;
  readonly rounds: Rounds;
  /** Megabytes for the databases that exist at the same time. */
  readonly megabytes: number;
}

const usual = { subject: conversations, workers: 1, megabytes: 0 };

/** Measures with more and more concurrent workers, all in this process. */
export async function growWorkers(configuration: Configuration, report: Report): Promise<void> {
  const withWorkers = (workers: number, rounds: number): Case => ({
    ...usual,
    label: `${workers} at a time`,
    suffix: `${workers}_workers`,
    workers,
    rounds: { warmUp: 3, rounds },
  });
  await grow(configuration, report, `More workers at the same time, ${conversations.label}`, [
    withWorkers(1, 30),
    withWorkers(4, 15),
    withWorkers(16, 8),
  ]);
}

export async function growTables(configuration: Configuration, report: Report): Promise<void> {
  const withTables = (count: number, rounds: number): Case => ({
    label: `${count} tables`,
    suffix: `${count}_tables`,
    ...usual,
    subject: tables(count),
    rounds: { warmUp: 3, rounds },
  });
  await grow(configuration, report, 'More tables, each with a key, an index and 100 rows', [
    withTables(20, 30),
    withTables(100, 20),
    withTables(300, 10),
  ]);
}

/** Two templates and six databases at a time; a database that can be reset in place takes twice the space. */
export async function growData(configuration: Configuration, report: Report): Promise<void> {
  const withData = (size: number, rounds: number): Case => ({
    label: `${size} MB`,
    suffix: `${size}_mb`,
    ...usual,
    subject: megabytes(size),
    rounds: { warmUp: 2, rounds },
    megabytes: 20 * size,
  });
  await grow(configuration, report, 'More data, 10 tables with rows of 1 kB', [withData(10, 30), withData(500, 6)]);
}

/** Each case on a new server, so that one case's files are removed before the next one's are created. */
async function grow(
  configuration: Configuration,
  report: Report,
  title: string,
  cases: readonly Case[],
): Promise<void> {
  // The least that a worker may have, which is six.
  const frugal = { ...configuration, postgres: { ...configuration.postgres, maxDatabases: 1 } };
  const rows: string[][] = [];
  for (const current of cases) {
    await withServer(frugal, current.workers, async (server) => {
      const free = freeMegabytes(server.folder);
      if (free < current.megabytes)
        report.say(`${current.label} are left out: that needs ${current.megabytes} MB of room and there are ${free}.`);
      else rows.push(toRow(report, current, await measure(server, current)));
    });
  }
  report.table(
    title,
    ['', 'acquire ms', 'p95', 'a second', 'reset fast ms', 'p95', 'reset strict ms', 'p95', 'n'],
    rows,
  );
}

interface Measured {
  readonly acquire: Series;
  readonly fast: Series;
  readonly strict: Series;
}

async function measure(server: BenchServer, { subject, workers, rounds }: Case): Promise<Measured> {
  const all: FixtureWorker[] = [];
  const open = async (): Promise<FixtureWorker> => {
    const worker = await FixtureWorker.open(server, subject, all.length);
    all.push(worker);
    return worker;
  };
  try {
    const lending: FixtureWorker[] = [];
    const resetting: FixtureWorker[] = [];
    for (let number = 0; number < workers; number++) {
      lending.push(await open());
      resetting.push(await open());
    }
    const series = await interleave(
      [
        { name: 'acquire', lanes: lending.map((worker) => worker.acquire()) },
        { name: 'fast', lanes: resetting.map((worker) => worker.inPlaceReset()) },
        { name: 'strict', lanes: lending.map((worker) => worker.strictReset()) },
      ],
      { ...rounds, before: () => wakeUp(server) },
    );
    return { acquire: series.get('acquire')!, fast: series.get('fast')!, strict: series.get('strict')! };
  } finally {
    for (const worker of all) await worker[Symbol.asyncDispose]();
  }
}

function toRow(report: Report, { label, suffix, workers }: Case, { acquire, fast, strict }: Measured): string[] {
  const perSecond = (1000 * workers) / median(acquire.rounds);
  report.figure(`acquires_per_second_${suffix}`, perSecond);
  const cells = (key: string, { each }: Series): string[] => {
    const { median: middle, p95 } = summarize(each);
    report.figure(`${key}_${suffix}`, middle);
    return [shown(middle), shown(p95)];
  };
  return [
    label,
    ...cells('acquire_ms', acquire),
    perSecond.toFixed(0),
    ...cells('reset_fast_ms', fast),
    ...cells('reset_strict_ms', strict),
    String(acquire.each.length),
  ];
}

/** Files on a tmpfs take memory. */
function freeMegabytes(folder: string): number {
  const tmpfs = 0x01021994; // TMPFS_MAGIC of linux/magic.h
  const { type, bavail, bsize } = statfsSync(folder);
  const bytes = type === tmpfs ? Math.min(bavail * bsize, freemem()) : bavail * bsize;
  return Math.floor(bytes / 1024 / 1024);
}
