import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { Variant } from '../variants.ts';
import type { Point } from '../pipelines/index.ts';
import type { WriteProgress } from '../store/pipeline-deployments.ts';

/** One scrape of one variant, processed. */
export interface Scrape {
  readonly tenant: string;
  readonly experiment: string;
  readonly variant: Variant;
  readonly tick: number;
  readonly at: Date;
  readonly samples: number;
  readonly errors: number;
  readonly work: number;
  readonly points: readonly Point[];
}

export interface Selection {
  readonly tenant: string;
  readonly experiment: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** The reported metrics of one variant. */
export interface Summary {
  readonly series: number;
  readonly scrapes: number;
  readonly samples: number;
  readonly errors: number;
  readonly points: number;
  readonly work: number;
  readonly cpu: number;
  readonly memory: number;
  readonly nodes: readonly string[];
  readonly processes: readonly string[];
}

/** The metrics of a variant without series. */
export const nothing: Summary = {
  series: 0,
  scrapes: 0,
  samples: 0,
  errors: 0,
  points: 0,
  work: 0,
  cpu: 0,
  memory: 0,
  nodes: [],
  processes: [],
};

/**
 * By how many percent the candidate reports fewer points for each well-formed sample; 0 while there is nothing to
 * compare. It does not compare the total numbers of series, which grow with the number of scrapes and with changing
 * processes. So two variants that report every sample are equal, whatever their shares of the scrapes; and for equal
 * scrapes it is the reduction of series in one scrape.
 */
export function reductionOf({
  baseline,
  candidate,
}: Record<Variant, Pick<Summary, 'points' | 'samples' | 'errors'>>): number {
  const [before, after] = [perSample(baseline), perSample(candidate)];
  return before > 0 && Number.isFinite(after) ? ((before - after) / before) * 100 : 0;
}

function perSample({ points, samples, errors }: Pick<Summary, 'points' | 'samples' | 'errors'>): number {
  return points / (samples - errors);
}

/** The results of an experiment, in percent. */
export interface Kpis {
  /** See {@link reductionOf}. */
  readonly cardinalityReduction: number;
  readonly latencyIncrease: number;
  readonly errorRate: number;
  readonly criticalProcessCoverage: number;
}

/** The store of the series. */
export interface MetricsStore {
  /**
   * @param writer a name that is unique on the server. It runs one insert at a time: an abandoned one of the same name
   * is cancelled first, so that it cannot arrive later.
   */
  write(client: ClickHouseClient, scrapes: readonly Scrape[], writer: string): Promise<void>;
  /** How far the series of these experiments' deployments are written; deployments without series are left out. */
  written(client: ClickHouseClient, tenant: string, experiments: readonly string[]): Promise<WriteProgress[]>;
  summarize(client: ClickHouseClient, selection: Selection): Promise<Record<Variant, Summary>>;
  /** Undefined while there are no series to compare. */
  kpis(client: ClickHouseClient, selection: Selection, critical: readonly string[]): Promise<Kpis | undefined>;
  /** Removes everything of a tenant. */
  forget(client: ClickHouseClient, tenant: string): Promise<void>;
  /** Removes everything of one experiment, including this writer's unfinished insert. */
  forgetExperiment(client: ClickHouseClient, tenant: string, experiment: string, writer: string): Promise<void>;
}

export const metricsStore: MetricsStore = {
  async write(client, scrapes, writer) {
    // The scrapes last, because they confirm that their series are complete.
    for (const values of inParts(seriesIn(scrapes)))
      await client.insert({ table: 'series', values, format: 'JSONCompactEachRow', ...queryOf(writer) });
    await client.insert({
      table: 'scrapes',
      values: scrapes.map(totalOf),
      format: 'JSONCompactEachRow',
      ...queryOf(writer),
    });
  },

  written: (client, tenant, experiments) =>
    rows<WriteProgress>(
      client,
      `
    SELECT toString(experiment_id) AS experiment, variant, toUInt32(max(tick) + 1) AS ticks FROM scrapes
    WHERE tenant_id = {tenant: String} AND experiment_id IN {experiments: Array(UUID)} GROUP BY experiment_id, variant`,
      { tenant, experiments },
    ),

  async summarize(client, selection) {
    const found = await rows<Summary & { variant: Variant }>(
      client,
      `
      SELECT * FROM (
        SELECT variant, count()::Float64 AS scrapes, sum(samples)::Float64 AS samples, sum(errors)::Float64 AS errors, sum(points)::Float64 AS points, sum(work)::Float64 AS work, avg(cpu) AS cpu, avg(memory) AS memory
        FROM scrapes FINAL WHERE ${range} GROUP BY variant
      ) AS s LEFT JOIN (
        SELECT variant, uniqExact(node, process, metric)::Float64 AS series, arraySort(groupUniqArray(toString(node))) AS nodes, arraySort(groupUniqArray(process)) AS processes
        FROM series WHERE ${range} GROUP BY variant
      ) AS t USING variant`,
      parameters(selection),
    );
    const of = (variant: Variant): Summary => found.find((row) => row.variant === variant) ?? nothing;
    return { baseline: of('baseline'), candidate: of('candidate') };
  },

  // The store compares, as it would have to for billions of points.
  async kpis(client, selection, critical) {
    const [row] = await rows<Kpis & { comparable: number }>(
      client,
      `
      WITH s AS (
        SELECT groupUniqArrayIf((toString(node), process), variant = 'baseline' AND has({critical: Array(String)}, process)) AS needed,
          groupUniqArrayIf((toString(node), process), variant = 'candidate' AND has({critical: Array(String)}, process)) AS kept
        FROM series WHERE ${range}
      ), w AS (
        SELECT sumIf(work, variant = 'baseline') / sumIf(samples, variant = 'baseline') AS b, sumIf(work, variant = 'candidate') / sumIf(samples, variant = 'candidate') AS c,
          sumIf(points, variant = 'baseline') / sumIf(samples - errors, variant = 'baseline') AS before, sumIf(points, variant = 'candidate') / sumIf(samples - errors, variant = 'candidate') AS after,
          sum(errors) / sum(samples) AS rate
        FROM scrapes FINAL WHERE ${range}
      )
      SELECT w.before > 0 AND isFinite(w.after) AS comparable, (w.before - w.after) / w.before * 100 AS cardinalityReduction,
        greatest(0, (w.c - w.b) / w.b * 100) AS latencyIncrease, w.rate * 100 AS errorRate,
        if(empty(s.needed), 100, length(arrayIntersect(s.needed, s.kept)) / length(s.needed) * 100) AS criticalProcessCoverage
      FROM s, w`,
      { ...parameters(selection), critical },
    );
    if (row === undefined || !row.comparable) return undefined;
    return row;
  },

  async forget(client, tenant) {
    for (const table of tables)
      await client.command({ query: `ALTER TABLE ${table} DROP PARTITION {tenant: String}`, query_params: { tenant } });
  },

  // Asynchronous: ClickHouse restarts an interrupted removal by itself, and dropped partitions end theirs. Removals
  // queue up: for 110 tenants at once they took nine seconds when they named no partition.
  async forgetExperiment(client, tenant, experiment, writer) {
    for (const table of tables) {
      await client.command({
        query: `DELETE FROM ${table} IN PARTITION {tenant: String} WHERE experiment_id = {experiment: UUID}`,
        query_params: { tenant, experiment },
        ...queryOf(writer, { lightweight_deletes_sync: '0' }),
      });
    }
  },
};

/** The server cancels a running query of the same id, and waits for its end (`replace_running_query`). */
function queryOf(writer: string, settings: ClickHouseSettings = {}) {
  return { query_id: writer, clickhouse_settings: { ...settings, replace_running_query: 1 } } as const;
}

const tables = ['series', 'scrapes'] as const;

/** Rows of one insert: a request of some megabytes. */
const mostRows = 50_000;

function* seriesIn(scrapes: readonly Scrape[]): Generator<unknown[]> {
  for (const scrape of scrapes)
    for (const { node, process, metric, value } of scrape.points)
      yield [...keyOf(scrape), node, process, metric, scrape.tick, scrape.at.getTime(), value];
}

function totalOf(scrape: Scrape): unknown[] {
  const total = (metric: Point['metric']): number =>
    scrape.points.reduce((sum, point) => (point.metric === metric ? sum + point.value : sum), 0);
  return [
    ...keyOf(scrape),
    scrape.tick,
    scrape.at.getTime(),
    scrape.samples,
    scrape.errors,
    scrape.points.length,
    scrape.work,
    total('process.cpu.utilization'),
    total('process.memory.usage'),
  ];
}

function keyOf({ tenant, experiment, variant }: Scrape): unknown[] {
  return [tenant, experiment, variant];
}

/** Splits large inserts into parts; no values make no part. */
function* inParts(values: Iterable<unknown[]>): Generator<unknown[][]> {
  let part: unknown[][] = [];
  for (const row of values) {
    if (part.push(row) < mostRows) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

const range = `tenant_id = {tenant: String} AND experiment_id = {experiment: UUID} AND at >= fromUnixTimestamp64Milli({from: Int64}) AND at < fromUnixTimestamp64Milli({to: Int64})`;

function parameters({ tenant, experiment, from, to }: Selection): Record<string, unknown> {
  return { tenant, experiment, from: from?.getTime() ?? 0, to: to?.getTime() ?? 4_102_444_800_000 };
}

async function rows<Row>(client: ClickHouseClient, query: string, params: Record<string, unknown>): Promise<Row[]> {
  return (await client.query({ query, query_params: params, format: 'JSONEachRow' })).json<Row>();
}
