import { WebSocket } from 'ws';
import {
  channels as allChannels,
  type Channel,
  type EventMessage,
  type ServerMessage,
  updatesPath,
} from '../platform/experiments/gateway/protocol.ts';
import type { State } from '../platform/experiments/states.ts';
import { shortened } from '../lib/text.ts';
import type { Measure } from './experiments.ts';
import { handshakePatience, opened } from './handshake.ts';

/** Characters of a message that an error quotes; the transcript has all of it. */
const quoted = 300;

export interface Subscription {
  readonly channels?: readonly Channel[];
  readonly filters?: { readonly experiment_id?: string; readonly tenant_id?: string };
  /** The number of the last known event: later events are sent. */
  readonly after?: number;
}

type EventFilter = Partial<Record<'type' | 'state', string>> & { readonly experiment?: { readonly id: string } };

/** A WebSocket to a platform that collects messages and waits for expected ones. */
export class UpdatesClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #measure: Measure;
  readonly #messages: ServerMessage[] = [];
  readonly #frames: string[] = [];
  readonly #transcript: string[] = [];
  readonly #watchers = new Set<() => void>();
  /** When it last subscribed, in milliseconds since 1970. */
  #listensSince = 0;
  readonly #changedAt = new Map<string, number>();
  /** The first invalid message. */
  #failure: Error | undefined;
  #closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(socket: WebSocket, measure: Measure) {
    this.#socket = socket;
    this.#measure = measure;
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.on('error', (error) => this.#note('!', error.message));
    socket.once('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#note('!', `closed: ${code} ${reason.toString()}`);
      this.#wake();
    });
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

  /** Sends an object as JSON, and a string unchanged. */
  send(message: object | string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.#note('>', text);
    this.#socket.send(text);
  }

  /** The events so far, in order of arrival. */
  get events(): EventMessage[] {
    return this.#messages.filter((message): message is EventMessage => 'id' in message);
  }

  /** Every received frame, unchanged. */
  get frames(): readonly string[] {
    return this.#frames;
  }

  /** The number of the last event; 0 before the first. */
  get last(): number {
    return this.events.at(-1)?.id ?? 0;
  }

  /** Why the connection ended; undefined while it is open. */
  get closed(): { readonly code: number; readonly reason: string } | undefined {
    return this.#closed;
  }

  /** The messages in both directions, line by line. */
  get transcript(): string {
    return this.#transcript.join('\n');
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
    return this.#wait(() => this.events.find(isSought), timeout, what);
  }

  async waitForEvents(count: number, timeout = 10_000): Promise<EventMessage[]> {
    return this.#wait(() => (this.events.length >= count ? this.events : undefined), timeout, `${count} events`);
  }

  /** Waits until the platform closes the connection, and returns why. */
  async waitForClose(timeout = 10_000): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#wait(() => this.#closed, timeout, 'the end of the connection', false);
  }

  /** Waits for a state of an experiment. */
  async waitForState(experiment: { readonly id: string }, state: State, timeout?: number): Promise<EventMessage> {
    return this.waitFor({ experiment, state }, timeout);
  }

  /** Stops reading: messages stay in the socket until {@link resume}. */
  pause(): void {
    this.#note('!', 'stopped reading');
    this.#socket.pause();
  }

  resume(): void {
    this.#note('!', 'reads again');
    this.#listensSince = Date.now();
    this.#socket.resume();
  }

  /** Ends the connection without a closing handshake, like a lost network. */
  async drop(): Promise<void> {
    this.#socket.terminate();
    await this.waitForClose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed === undefined) await this.drop();
  }

  async #ask(message: object, types: readonly string[]): Promise<ServerMessage> {
    const before = this.#messages.length;
    this.send(message);
    return this.#wait(
      () => this.#messages.slice(before).find(({ type }) => types.includes(type)),
      10_000,
      types.join(' or '),
    );
  }

  #receive(text: string): void {
    this.#note('<', text);
    this.#frames.push(text);
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      this.#failure ??= new Error(`A frame is not a JSON message: ${shortened(text, quoted)}`);
      return this.#wake();
    }
    this.#messages.push(message);
    if ('id' in message) this.#measureEvent(message);
    this.#wake();
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

  #wait<T>(look: () => T | undefined, timeout: number, what: string, endsWithConnection = true): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        settle();
      };
      const watch = (): void => {
        const found = look();
        if (this.#failure !== undefined) finish(() => reject(this.#failure!));
        else if (found !== undefined) finish(() => resolve(found));
        else if (endsWithConnection && this.#closed !== undefined)
          finish(() =>
            reject(new Error(`The connection ended (${this.#closed?.code} ${this.#closed?.reason}) before ${what}.`)),
          );
      };
      const timer = setTimeout(
        () =>
          finish(() =>
            reject(
              new Error(
                `Waited ${timeout / 1000} s for ${what} in vain; the last of ${this.#frames.length} messages: ${shortened(this.#frames.at(-1) ?? 'none', quoted)}`,
              ),
            ),
          ),
        timeout,
      );
      this.#watchers.add(watch);
      watch();
    });
  }

  #wake(): void {
    for (const watch of this.#watchers) watch();
  }

  #note(direction: '<' | '>' | '!', text: string): void {
    this.#transcript.push(`${new Date().toISOString()} ${direction} ${text.replace(/("token":")[^"]+/, '$1…')}`);
  }
}
