import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const pause = 100;

export type Channel = 'events' | 'deployments' | 'applied' | 'sessions' | 'messages';

/**
 * Listens to other processes' commits, by LISTEN. A notification can be lost when the connection breaks, so it only
 * tells when to read, never what was written; after every reconnection the callback runs once without a payload.
 */
export class Listener {
  readonly #url: string;
  readonly #channels: readonly Channel[];
  readonly #hear: (payload: string | undefined) => void;
  #client: pg.Client | undefined;
  #closed = false;

  constructor(url: string, channels: readonly Channel[], hear: (payload: string | undefined) => void) {
    this.#url = url;
    this.#channels = channels;
    this.#hear = hear;
  }

  /** Resolves when it listens. */
  async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'platform listener',
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => this.#hear(payload === '' ? undefined : payload));
    try {
      await client.connect();
      for (const channel of this.#channels) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      void client.end().catch(() => undefined); // it may not have connected
      throw error;
    }
    client.once('end', () => void this.#reopen());
    if (this.#closed) return client.end();
    this.#hear(undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }

  async #reopen(): Promise<void> {
    while (!this.#closed) {
      await delay(pause);
      try {
        return await this.open();
      } catch {
        /* still away: try again */
      }
    }
  }
}
