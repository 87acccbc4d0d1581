import type { WebSocket } from 'ws';
import type { Queryable } from '../../kernel/store/database.ts';
import { isWanted, presentEvent, type Subscribe } from './messages.ts';
import type { GatewayParts } from './parts.ts';

const batch = 100;

export interface FeedOptions {
  readonly pool: Queryable;
  readonly parts: Pick<GatewayParts, 'delivery' | 'eventLog'>;
  readonly socket: WebSocket;
  /** The tenant whose log is read. */
  readonly tenant: string;
  readonly subscription: Subscribe;
  /** The number of the last event that the client has, or does not need. */
  readonly after: number;
}

/** One client's subscription: a position in a log, from which events are sent in batches, one after the other. */
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

  /** Called when there may be new events. */
  notice(): void {
    this.#isBehind = true;
    this.#pumping ??= this.#pump();
  }

  /** Resolves when nothing more will be sent, after the current message. */
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
      this.#pumping = undefined; // immediately, so that no notification is missed
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
