import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const pause = 100;

export type Channel = 'events' | 'deployments' | 'applied' | 'sessions' | 'messages';

/**
 * Hears what other processes commit, by LISTEN. A notification can be lost (the connection breaks, nobody listens), so
 * it only says when to look, never what to know; after every reconnection there is one look more, with no payload.
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

  /** Returns when it listens. */
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
      void client.end().catch(() => undefined); // it may not have begun
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
        /* still away: once more */
      }
    }
  }
}
