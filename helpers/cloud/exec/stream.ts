import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { encodeMessage, firstOfStream, jsonMessage, type Message } from './message.ts';

/** The confirmation of a received message. */
interface Acknowledgement {
  readonly AcknowledgedMessageType: string;
  readonly AcknowledgedMessageId: string;
  readonly AcknowledgedMessageSequenceNumber: number;
  readonly IsSequentialMessage: boolean;
}

/** Outgoing messages, numbered from 0. */
export class OutgoingStream {
  readonly #socket: WebSocket;
  readonly #type: 'input_stream_data' | 'output_stream_data';
  readonly #unconfirmed = new Set<number>();
  readonly #watchers = new Set<() => void>();
  #next = 0;

  constructor(socket: WebSocket, type: 'input_stream_data' | 'output_stream_data') {
    this.#socket = socket;
    this.#type = type;
    socket.once('close', () => this.#wake());
  }

  send(payloadType: number, payload: Buffer): void {
    const sequence = this.#next++;
    this.#unconfirmed.add(sequence);
    this.#socket.send(
      encodeMessage({
        type: this.#type,
        sequence,
        flags: sequence === 0 ? firstOfStream : 0,
        id: randomUUID(),
        payloadType,
        payload,
      }),
    );
  }

  sendJson(payloadType: number, payload: unknown): void {
    this.send(payloadType, Buffer.from(JSON.stringify(payload)));
  }

  /** Handles the other end's confirmation. */
  confirm({ payload }: Message): void {
    this.#unconfirmed.delete((JSON.parse(payload.toString()) as Acknowledgement).AcknowledgedMessageSequenceNumber);
    this.#wake();
  }

  /** Resolves when the other end has confirmed all but this many messages, or has disconnected. */
  async confirmed(allBut: number): Promise<void> {
    while (this.#unconfirmed.size > allBut && this.#socket.readyState === this.#socket.OPEN) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
      });
    }
  }

  #wake(): void {
    for (const resolve of this.#watchers) resolve();
    this.#watchers.clear();
  }
}

/** Incoming messages, put in order and confirmed. Repeated ones count once. */
export class IncomingStream {
  readonly #socket: WebSocket;
  readonly #take: (message: Message) => void;
  readonly #early = new Map<number, Message>();
  #next = 0;

  constructor(socket: WebSocket, take: (message: Message) => void) {
    this.#socket = socket;
    this.#take = take;
  }

  receive(message: Message): void {
    const content: Acknowledgement = {
      AcknowledgedMessageType: message.type,
      AcknowledgedMessageId: message.id,
      AcknowledgedMessageSequenceNumber: message.sequence,
      IsSequentialMessage: true,
    };
    this.#socket.send(encodeMessage(jsonMessage('acknowledge', content)));
    if (message.sequence >= this.#next) this.#early.set(message.sequence, message);
    for (let next = this.#early.get(this.#next); next !== undefined; next = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next++;
      this.#take(next);
    }
  }
}
