import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Configuration } from '../../../run/configuration/index.ts';
import { postgresParts, PostgresWorker } from '../../../stores/postgres/index.ts';
import { type Report, shown } from '../report.ts';
import { median } from '../statistics.ts';
import { withServer } from './host.ts';
import { tables } from './subjects.ts';

/** What a template of many tables costs the first run, which makes it, and the next, which takes it from the cache. */
export async function measureTemplates(configuration: Configuration, report: Report): Promise<void> {
  const [made, cached]: [number[], number[]] = [[], []];
  for (let pair = 1; pair <= 3; pair++) {
    const cache = await mkdtemp(path.join(tmpdir(), 'proving-ground-templates-'));
    try {
      await chmod(cache, 0o755); // as root, servers are another user's
      for (const times of [made, cached]) times.push(await templateOfARun({ ...configuration, cache }));
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  }
  const ratio = median(made.map((time, pair) => time / cached[pair]!));
  report.table(
    'The template of 1400 tables, 100 rows a table',
    ['', 'ms', 'faster'],
    [
      ['made', shown(median(made)), ''],
      [
        'from the cache',
        `${shown(median(cached))} ${report.figure('template_cached_ms', median(cached), { atMost: 2_000 })}`,
        report.ratio('template_cached_vs_made', ratio, { atLeast: 10 }),
      ],
    ],
  );
}

/** Milliseconds until a run of its own has the template. */
async function templateOfARun(configuration: Configuration): Promise<number> {
  let milliseconds = 0;
  await withServer(
    configuration,
    1,
    async ({ connection, run, workers }) => {
      await using worker = await PostgresWorker.open({
        server: connection,
        run,
        worker: 0,
        workers,
        parts: postgresParts,
        measure: (name, duration) => {
          if (name === 'postgres.template') milliseconds = duration;
        },
      });
      const lease = await worker.lease({ ...tables(1_400).recipe, isolation: 'reset' });
      await lease.end({ keep: false });
    },
    postgresParts.templateCaching,
  );
  return milliseconds;
}
