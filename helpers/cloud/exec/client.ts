import { randomUUID } from 'node:crypto';
import type { Session } from '@aws-sdk/client-ecs';
import { type RawData, WebSocket } from 'ws';
import { answerHandshake, type HandshakeRequest, type OpenDataChannel } from './handshake.ts';
import { decodeMessage, type Message, payloadType } from './message.ts';
import { IncomingStream, OutgoingStream } from './stream.ts';

export interface SessionOptions {
  /** Milliseconds. */
  readonly timeout?: number;
  /** What is typed as soon as the command runs. */
  readonly input?: string;
}

const clientVersion = '1.2.764.0';

/**
 * Joins a session of ExecuteCommand until its command has ended, by the protocol of session-manager-plugin.
 * @returns what the command has written to its terminal, which ends lines with CR and LF. The service tells no exit
 * code.
 * @throws Error when it has not ended within `timeout` milliseconds, or the connection breaks.
 */
export async function runInSession(
  { streamUrl, tokenValue }: Session,
  { timeout = 30_000, input = '' }: SessionOptions = {},
): Promise<string> {
  const socket = new WebSocket(streamUrl!, { handshakeTimeout: timeout });
  let timer: NodeJS.Timeout | undefined;
  const client = new SessionClient(socket, tokenValue!, input);
  try {
    return await Promise.race([
      client.result,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () =>
            reject(
              new Error(
                `The command has not ended within ${timeout / 1000} s; so far it wrote: ${client.received || 'nothing'}`,
              ),
            ),
          timeout,
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
    socket.terminate();
  }
}

class SessionClient {
  readonly result: Promise<string>;
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  readonly #output: Buffer[] = [];
  readonly #input: string;

  constructor(socket: WebSocket, token: string, input: string) {
    this.#input = input;
    this.#outgoing = new OutgoingStream(socket, 'input_stream_data');
    this.#incoming = new IncomingStream(socket, (message) => this.#take(message));
    socket.once('open', () => {
      const opening: OpenDataChannel = {
        MessageSchemaVersion: '1.0',
        RequestId: randomUUID(),
        TokenValue: token,
        ClientId: randomUUID(),
        ClientVersion: clientVersion,
      };
      socket.send(JSON.stringify(opening));
    });
    this.result = new Promise((resolve, reject) => {
      socket.once('error', (error) =>
        reject(
          /timed out/.test(error.message) ? new Error('The WebSocket of the session was not answered in time') : error,
        ),
      );
      socket.once('close', (code, reason) =>
        reject(new Error(`The session ended before its command did: ${code} ${reason.toString()}`.trim())),
      );
      socket.on('message', (data: RawData) => {
        try {
          const message = decodeMessage(data as Buffer);
          if (message.type === 'channel_closed') resolve(this.#end(message));
          else this.#receive(message);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** The command's output so far. */
  get received(): string {
    return Buffer.concat(this.#output).toString();
  }

  #receive(message: Message): void {
    if (message.type === 'acknowledge') this.#outgoing.confirm(message);
    else if (message.type === 'output_stream_data') this.#incoming.receive(message);
  }

  #take({ payloadType: kind, payload }: Message): void {
    if (kind === payloadType.output) this.#output.push(payload);
    else if (kind === payloadType.handshakeRequest) {
      this.#outgoing.sendJson(
        payloadType.handshakeResponse,
        answerHandshake(JSON.parse(payload.toString()) as HandshakeRequest, clientVersion),
      );
      // A terminal wide enough to wrap no line.
      this.#outgoing.sendJson(payloadType.size, { cols: 1000, rows: 100 });
      if (this.#input !== '') this.#outgoing.send(payloadType.output, Buffer.from(this.#input));
    }
  }

  /** @throws Error when the agent reports a failure. */
  #end({ payload }: Message): string {
    const { Output: complaint } = JSON.parse(payload.toString()) as { Output: string };
    if (complaint !== '' && this.#output.length === 0) throw new Error(`The session ended: ${complaint}`);
    return this.received;
  }
}
