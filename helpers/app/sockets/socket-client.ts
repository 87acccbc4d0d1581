import type { WebSocket } from 'ws';
import { shortened } from '../../lib/text.ts';

/** Characters of a message that an error quotes; the transcript has all of it. */
const quoted = 300;

/** Why a connection has ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface SocketClientOptions<Message> {
  /** What a frame means. An error that it throws goes to all who wait. */
  readonly parse: (frame: string | Uint8Array) => Message;
  /** Leaves secrets out of the transcript. */
  readonly hide: (text: string) => string;
}

/** A WebSocket that collects messages and waits for expected ones. */
export class SocketClient<Message> implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #options: SocketClientOptions<Message>;
  readonly #messages: Message[] = [];
  readonly #frames: string[] = [];
  readonly #transcript: string[] = [];
  readonly #watchers = new Set<() => void>();
  /** The first invalid message. */
  #failure: Error | undefined;
  #closed: Closed | undefined;

  protected constructor(socket: WebSocket, options: SocketClientOptions<Message>) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data: Buffer, isBinary) => this.#receive(isBinary ? data : data.toString()));
    socket.on('error', (error) => this.#note('!', error.message));
    socket.once('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#note('!', `closed: ${code} ${reason.toString()}`);
      this.#wake();
    });
  }

  /** Called with each message that has come. */
  protected received(_message: Message): void {}

  /** What has come, in order of arrival. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Every received frame, unchanged. */
  get frames(): readonly string[] {
    return this.#frames;
  }

  /** Why the connection ended; undefined while it is open. */
  get closed(): Closed | undefined {
    return this.#closed;
  }

  /** The subprotocol that the server has chosen; empty for none. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** The messages in both directions, line by line. */
  get transcript(): string {
    return this.#transcript.join('\n');
  }

  /** Sends an object as JSON, and a string unchanged. */
  send(message: object | string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.#note('>', text);
    this.#socket.send(text);
  }

  /** Waits until the server closes the connection, and returns why. */
  async waitForClose(timeout = 10_000): Promise<Closed> {
    return this.wait(() => this.#closed, timeout, 'the end of the connection', false);
  }

  /** Stops reading: messages stay in the socket until {@link resume}. */
  pause(): void {
    this.#note('!', 'stopped reading');
    this.#socket.pause();
  }

  resume(): void {
    this.#note('!', 'reads again');
    this.#socket.resume();
  }

  /** Closes the connection, and waits for its end. */
  async close(code = 1000, reason = ''): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#note('!', `closes: ${code} ${reason}`);
    this.#socket.close(code, reason);
    await this.waitForClose();
  }

  /** Ends the connection without a closing handshake, like a lost network. */
  async drop(): Promise<void> {
    this.#socket.terminate();
    await this.waitForClose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed === undefined) await this.drop();
  }

  /**
   * What `look` finds, now or after one of the messages to come.
   * @throws Error naming `what` when it has found nothing in time, or the connection has ended.
   */
  protected wait<T>(look: () => T | undefined, timeout: number, what: string, endsWithConnection = true): Promise<T> {
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
                `Waited ${timeout / 1000} s for ${what} in vain; ` +
                  `the last of ${this.#frames.length} messages: ${shortened(this.#frames.at(-1) ?? 'none', quoted)}`,
              ),
            ),
          ),
        timeout,
      );
      this.#watchers.add(watch);
      watch();
    });
  }

  #receive(frame: string | Uint8Array): void {
    const text = typeof frame === 'string' ? frame : `binary, ${frame.length} bytes`;
    this.#note('<', text);
    this.#frames.push(text);
    let message: Message;
    try {
      message = this.#options.parse(frame);
    } catch {
      this.#failure ??= new Error(`A frame is not a JSON message: ${shortened(text, quoted)}`);
      return this.#wake();
    }
    this.#messages.push(message);
    this.received(message);
    this.#wake();
  }

  #wake(): void {
    for (const watch of this.#watchers) watch();
  }

  #note(direction: '<' | '>' | '!', text: string): void {
    this.#transcript.push(`${new Date().toISOString()} ${direction} ${this.#options.hide(text)}`);
  }
}
