import { otherStatements } from './activity.ts';
import { type Administrator, literal } from './connection.ts';

/** The cost of a user's queries on the server, from the server's own counters. */
export interface Workload {
  readonly queries: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
  /** The number of `SYSTEM …` statements: they can stop background work, which the catalogue does not show. */
  readonly systemQueries: number;
}

const counters = {
  queries: "ProfileEvents['Query']",
  rowsRead: "ProfileEvents['SelectedRows']",
  bytesRead: "ProfileEvents['SelectedBytes']",
  rowsWritten: "ProfileEvents['InsertedRows']",
  bytesWritten: "ProfileEvents['InsertedBytes']",
  otherStatements,
};

type Counts = Record<keyof typeof counters, number>;
const names = Object.keys(counters) as (keyof Counts)[];

/** Reads a user's counters since the last reading, and the server's log where they do not say which statements ran. */
export class WorkloadMeter {
  readonly #admin: Administrator;
  readonly #user: string;
  #last: Counts | undefined;
  #since = '1970-01-01 00:00:01.000000';

  constructor(admin: Administrator, user: string) {
    this.#admin = admin;
    this.#user = user;
  }

  /** Leaves out what was counted before, of an earlier worker with this user. Only the first call reads. */
  async begin(): Promise<void> {
    this.#last ??= await this.#counts();
  }

  async read(): Promise<Workload> {
    const now = await this.#counts();
    const { otherStatements: others, ...spent } = Object.fromEntries(
      names.map((name) => [name, now[name] - (this.#last?.[name] ?? 0)]),
    ) as Counts;
    this.#last = now;
    return { ...spent, systemQueries: others > 0 ? await this.#systemQueries() : 0 };
  }

  async #counts(): Promise<Counts> {
    const columns = Object.entries(counters).map(([name, counter]) => `toString(${counter}) AS ${name}`);
    // A user who has run nothing yet has no counters.
    const [row] = await this.#admin.rows<Record<keyof Counts, string>>(
      `SELECT ${columns.join(', ')} FROM system.user_processes WHERE user = ${literal(this.#user)}`,
    );
    return Object.fromEntries(names.map((name) => [name, Number(row?.[name] ?? 0)])) as Counts;
  }

  async #systemQueries(): Promise<number> {
    await this.#admin.run('SYSTEM FLUSH LOGS query_log');
    const [row] = await this.#admin.rows<{ all: number; system: number; until: string }>(`
      SELECT toUInt32(count()) AS all, toUInt32(countIf(query_kind = 'System')) AS system,
        toString(max(event_time_microseconds)) AS until
      FROM system.query_log WHERE type != 'QueryStart' AND is_initial_query AND user = ${literal(this.#user)}
        AND event_time_microseconds > ${literal(this.#since)}`);
    if (row!.all > 0) this.#since = row!.until;
    return row!.system;
  }
}
