import { type Administrator, literal } from './connection.ts';

/** The cost of a user's queries on the server, from the server's own log. */
export interface Workload {
  readonly queries: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
  /** The number of `SYSTEM …` statements: they can stop background work, which the catalogue does not show. */
  readonly systemQueries: number;
}

/** Reads a user's entries of the query log since the last reading. Costs some 10 ms for flushing the log. */
export class WorkloadMeter {
  readonly #admin: Administrator;
  readonly #user: string;
  #since = '1970-01-01 00:00:01.000000';

  constructor(admin: Administrator, user: string) {
    this.#admin = admin;
    this.#user = user;
  }

  async read(): Promise<Workload> {
    await this.#admin.run('SYSTEM FLUSH LOGS query_log');
    const [row] = await this.#admin.rows<Record<keyof Workload | 'until', string>>(`
      SELECT toString(count()) AS queries, toString(sum(read_rows)) AS rowsRead, toString(sum(read_bytes)) AS bytesRead,
             toString(sum(written_rows)) AS rowsWritten, toString(sum(written_bytes)) AS bytesWritten, toString(countIf(query_kind = 'System')) AS systemQueries, toString(max(event_time_microseconds)) AS until
      FROM system.query_log WHERE type != 'QueryStart' AND is_initial_query AND user = ${literal(this.#user)} AND event_time_microseconds > ${literal(this.#since)}`);
    const { until, ...sums } = row!;
    if (Number(sums.queries) > 0) this.#since = until;
    return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Number(sum)])) as unknown as Workload;
  }
}
