import type pg from 'pg';
import { parseDuration } from '../platform/experiments/duration.ts';

/** The clock of a session platform, which can be moved ahead. */
export class PlatformClock {
  readonly #db: Pick<pg.Pool, 'query'>;

  constructor(db: Pick<pg.Pool, 'query'>) {
    this.#db = db;
  }

  /** Moves the clock ahead by a duration such as `5m`; everything due by then happens. */
  async advance(duration: string): Promise<void> {
    const milliseconds = parseDuration(duration);
    if (milliseconds === undefined) throw new Error(`${duration} is no duration: write 90s, 5m or 1h`);
    await this.#db.query(
      `WITH moved AS (UPDATE clock SET ahead = ahead + make_interval(secs => $1 / 1000.0)) SELECT pg_notify('sessions', '')`,
      [milliseconds],
    );
  }
}
