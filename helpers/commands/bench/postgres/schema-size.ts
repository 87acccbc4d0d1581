import type { Configuration } from '../../../run/configuration/index.ts';
import type { Report } from '../report.ts';
import { shown } from '../report.ts';
import { median } from '../statistics.ts';
import { FixtureWorker } from './fixtures.ts';
import { withServer } from './host.ts';
import { tables } from './subjects.ts';

/** Milliseconds for a schema of so many tables, where they have a goal. */
const goals: Readonly<Record<number, { readonly diff: number; readonly validate: number }>> = {
  1_400: { diff: 2_000, validate: 2_500 },
};

/** What a difference, a validation and a reset in place take as a schema grows; the first of each is not counted. */
export async function growSchema(configuration: Configuration, report: Report): Promise<void> {
  const rows: string[][] = [];
  const resets: number[] = [];
  for (const count of [10, 100, 1_400]) {
    await withServer(configuration, 1, async (server) => {
      await using worker = await FixtureWorker.open(server, tables(count), 0);
      const { diff, validate, reset } = await worker.inspect(5);
      const goal = goals[count];
      const cell = (key: string, times: readonly number[], atMost?: number): string => {
        const verdict = report.figure(
          `${key}_ms_${count}_tables`,
          median(times),
          atMost === undefined ? undefined : { atMost },
        );
        return `${shown(median(times))} ${verdict}`.trimEnd();
      };
      resets.push(median(reset));
      rows.push([
        `${count} tables`,
        cell('diff', diff, goal?.diff),
        cell('validate', validate, goal?.validate),
        cell('reset_in_place', reset),
      ]);
    });
  }
  const growth = resets.at(-1)! / resets[0]!;
  const verdict = report.figure('reset_growth_1400_tables', growth, { atMost: 1.2 });
  rows.push(['1400 tables over 10', '', '', `${growth.toPrecision(3)} × ${verdict}`]);
  report.table('Larger schemas, 100 rows a table', ['', 'diff ms', 'validate ms', 'reset in place ms'], rows);
}
