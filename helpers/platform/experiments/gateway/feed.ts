import type { WebSocket } from 'ws';
import type { Queryable } from '../../kernel/store/database.ts';
import { isWanted, presentEvent, type Subscribe } from './messages.ts';
import type { GatewayParts } from './parts.ts';

const batch = 100;

export interface FeedOptions {
  readonly pool: Queryable;
  readonly parts: Pick<GatewayParts, 'delivery' | 'eventLog'>;
  readonly socket: WebSocket;
  /** In whose log it is. */
  readonly tenant: string;
  readonly subscription: Subscribe;
  /** The number of the last event that the client has, or does not want. */
  readonly after: number;
}

/**
 * What one client has subscribed to: a place in a log. Sends what comes next, one batch after the other, each when the
 * one before is on its way.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #ending = new AbortController();
  #place: number;
  #isBehind = false;
  #pumping: Promise<void> | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#place = options.after;
  }

  /** There may be news. */
  notice(): void {
    this.#isBehind = true;
    this.#pumping ??= this.#pump();
  }

  /** Returns when nothing of it will be sent any more, which is after the message that is being sent. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    const { socket } = this.#options;
    try {
      while (this.#isBehind && !this.#ending.signal.aborted && socket.readyState === socket.OPEN)
        await this.#sendBatch();
    } catch {
      socket.terminate();
    } finally {
      this.#pumping = undefined; // at once, so that no news is missed
    }
  }

  async #sendBatch(): Promise<void> {
    const { parts, pool, socket, tenant, subscription } = this.#options;
    this.#isBehind = false;
    const events = await parts.eventLog.read(pool, tenant, this.#place, batch);
    await parts.delivery.send(
      socket,
      events.filter((event) => isWanted(subscription, event)).map(presentEvent),
      this.#ending.signal,
    );
    this.#place = events.at(-1)?.number ?? this.#place;
    this.#isBehind ||= events.length === batch;
  }
}
