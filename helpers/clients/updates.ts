import { WebSocket } from 'ws';
import {
  channels as allChannels,
  type Channel,
  type EventMessage,
  type ServerMessage,
  updatesPath,
} from '../platform/experiments/gateway/protocol.ts';
import type { State } from '../platform/experiments/states.ts';
import { handshakePatience, opened } from '../app/sockets/handshake.ts';
import { SocketClient } from '../app/sockets/socket-client.ts';
import type { Measure } from './experiments.ts';

export interface Subscription {
  readonly channels?: readonly Channel[];
  readonly filters?: { readonly experiment_id?: string; readonly tenant_id?: string };
  /** The number of the last known event: later events are sent. */
  readonly after?: number;
}

type EventFilter = Partial<Record<'type' | 'state', string>> & { readonly experiment?: { readonly id: string } };

/** A WebSocket to a platform that collects messages and waits for expected ones. */
export class UpdatesClient extends SocketClient<ServerMessage> {
  readonly #measure: Measure;
  /** When it last subscribed, in milliseconds since 1970. */
  #listensSince = 0;
  readonly #changedAt = new Map<string, number>();

  private constructor(socket: WebSocket, measure: Measure) {
    super(socket, { parse, hide: (text) => text.replace(/("token":")[^"]+/, '$1…') });
    this.#measure = measure;
  }

  /** Connects without sending anything. @throws Error when there is no answer within `patience` milliseconds. */
  static async connect(
    url: string,
    measure: Measure = () => undefined,
    patience = handshakePatience,
  ): Promise<UpdatesClient> {
    const socket = new WebSocket(new URL(updatesPath, url.replace(/^http/, 'ws')), { handshakeTimeout: patience });
    const client = new UpdatesClient(socket, measure);
    await opened(socket, patience);
    return client;
  }

  /** Connects, authenticates and subscribes, by default to everything. */
  static async open(
    url: string,
    token: string,
    subscription: Subscription = {},
    measure?: Measure,
  ): Promise<UpdatesClient> {
    const client = await UpdatesClient.connect(url, measure);
    try {
      await client.authenticate(token);
      await client.subscribe(subscription);
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns the answer, which may be an error. */
  async authenticate(token: string): Promise<ServerMessage> {
    return this.#ask({ type: 'auth', token }, ['authenticated', 'error']);
  }

  /** Returns the answer, which may be an error. */
  async subscribe({ channels = allChannels, ...rest }: Subscription = {}): Promise<ServerMessage> {
    this.#listensSince = Date.now();
    return this.#ask({ type: 'subscribe', channels, ...rest }, ['subscribed', 'error']);
  }

  /** The events so far, in order of arrival. */
  get events(): EventMessage[] {
    return this.messages.filter((message): message is EventMessage => 'id' in message);
  }

  /** The number of the last event; 0 before the first. */
  get last(): number {
    return this.events.at(-1)?.id ?? 0;
  }

  /** The states of an experiment, according to its events. */
  states({ id }: { readonly id: string }): string[] {
    return this.events
      .filter(({ type, data }) => type === 'experiment.state_changed' && data['experiment_id'] === id)
      .map(({ data }) => String(data['current_state']));
  }

  /**
   * The first event that matches, already received or still to come.
   * @throws Error when it has not come within `timeout` milliseconds.
   */
  async waitFor(
    { type = 'experiment.state_changed', state, experiment }: EventFilter,
    timeout = 10_000,
  ): Promise<EventMessage> {
    const isSought = ({ type: found, data }: EventMessage): boolean =>
      found === type &&
      (state === undefined || data['current_state'] === state) &&
      (experiment === undefined || data['experiment_id'] === experiment.id);
    const what = [type, state, experiment?.id].filter((part) => part !== undefined).join(' ');
    return this.wait(() => this.events.find(isSought), timeout, what);
  }

  async waitForEvents(count: number, timeout = 10_000): Promise<EventMessage[]> {
    return this.wait(() => (this.events.length >= count ? this.events : undefined), timeout, `${count} events`);
  }

  /** Waits for a state of an experiment. */
  async waitForState(experiment: { readonly id: string }, state: State, timeout?: number): Promise<EventMessage> {
    return this.waitFor({ experiment, state }, timeout);
  }

  override resume(): void {
    this.#listensSince = Date.now();
    super.resume();
  }

  protected override received(message: ServerMessage): void {
    if ('id' in message) this.#measureEvent(message);
  }

  async #ask(message: object, types: readonly string[]): Promise<ServerMessage> {
    const before = this.messages.length;
    this.send(message);
    return this.wait(
      () => this.messages.slice(before).find(({ type }) => types.includes(type)),
      10_000,
      types.join(' or '),
    );
  }

  /** Measures an event's delay, unless it is older than the subscription, and the duration of the previous state. */
  #measureEvent({ type, timestamp, data }: EventMessage): void {
    const at = Date.parse(timestamp);
    if (at >= this.#listensSince) this.#measure('event.delay', Math.max(0, Date.now() - at), 'ms', { type });
    if (type !== 'experiment.state_changed') return;
    const id = String(data['experiment_id']);
    const before = this.#changedAt.get(id);
    if (before !== undefined)
      this.#measure('experiment.stateChange', at - before, 'ms', {
        from: String(data['previous_state']),
        to: String(data['current_state']),
      });
    this.#changedAt.set(id, at);
  }
}

function parse(frame: string | Uint8Array): ServerMessage {
  return JSON.parse(String(frame)) as ServerMessage;
}
