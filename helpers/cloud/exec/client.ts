import { randomUUID } from 'node:crypto';
import type { Session } from '@aws-sdk/client-ecs';
import { type RawData, WebSocket } from 'ws';
import { answerHandshake, type HandshakeRequest, type OpenDataChannel } from './handshake.ts';
import { decodeMessage, type Message, payloadType } from './message.ts';
import { IncomingStream, OutgoingStream } from './stream.ts';

/** The outcome of a command. */
export interface SessionResult {
  readonly output: string;
  /** Its standard error; with a terminal, as on the real service, that is part of `output`. */
  readonly errors: string;
  /** Undefined when the agent does not send it, as on the real service for a command with a terminal. */
  readonly exitCode: number | undefined;
}

/** Recent enough to receive the exit code. */
const clientVersion = '1.2.764.0';

/**
 * Joins a session of ExecuteCommand until its command has ended, by the protocol of session-manager-plugin.
 * @throws Error when it has not ended within `timeout` milliseconds, or the connection breaks.
 */
export async function runInSession(
  { streamUrl, tokenValue }: Session,
  { timeout = 30_000 }: { readonly timeout?: number } = {},
): Promise<SessionResult> {
  const socket = new WebSocket(streamUrl!, { handshakeTimeout: timeout });
  let timer: NodeJS.Timeout | undefined;
  const client = new SessionClient(socket, tokenValue!);
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
  readonly result: Promise<SessionResult>;
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  readonly #output: Buffer[] = [];
  readonly #errors: Buffer[] = [];
  #exitCode: number | undefined;

  constructor(socket: WebSocket, token: string) {
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
    return Buffer.concat([...this.#output, ...this.#errors]).toString();
  }

  #receive(message: Message): void {
    if (message.type === 'acknowledge') this.#outgoing.confirm(message);
    else if (message.type === 'output_stream_data') this.#incoming.receive(message);
  }

  #take({ payloadType: kind, payload }: Message): void {
    if (kind === payloadType.output) this.#output.push(payload);
    else if (kind === payloadType.errors) this.#errors.push(payload);
    else if (kind === payloadType.exitCode) this.#exitCode = Number(payload.toString());
    else if (kind === payloadType.handshakeRequest) {
      this.#outgoing.sendJson(
        payloadType.handshakeResponse,
        answerHandshake(JSON.parse(payload.toString()) as HandshakeRequest, clientVersion),
      );
      // A terminal wide enough to wrap no line.
      this.#outgoing.sendJson(payloadType.size, { cols: 1000, rows: 100 });
    }
  }

  /** @throws Error when the agent reports a failure. */
  #end({ payload }: Message): SessionResult {
    const { Output: complaint } = JSON.parse(payload.toString()) as { Output: string };
    if (complaint !== '' && this.#output.length === 0) throw new Error(`The session ended: ${complaint}`);
    return {
      output: Buffer.concat(this.#output).toString(),
      errors: Buffer.concat(this.#errors).toString(),
      exitCode: this.#exitCode,
    };
  }
}
