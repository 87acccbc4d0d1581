import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { TerminalCommand, TerminalSize } from '../tasks/runner.ts';
import type { HandshakeRequest, HandshakeResponse } from './handshake.ts';
import { decodeMessage, encodeMessage, jsonMessage, type Message, payloadType } from './message.ts';
import { IncomingStream, OutgoingStream } from './stream.ts';

/** The size of the service's messages. */
const mostBytes = 1024;
/** Unconfirmed messages until the command waits for a slower client. */
const mostUnconfirmed = 200;
const policyViolation = 1008;
/** The most columns and rows that a terminal can have. */
const mostCharacters = 65_535;

/**
 * The agent's end of a session: checks the token, runs the command in a terminal, and passes on what is typed and
 * written. As on the real service, it does not tell the command's exit code.
 */
export class AgentSession {
  readonly #socket: WebSocket;
  readonly #id: string;
  readonly #isToken: (given: string) => boolean;
  readonly #run: () => TerminalCommand | undefined;
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  #isLetIn = false;
  #command: TerminalCommand | undefined;

  /** @param run starts the command; undefined when the session was used already, or its container has ended. */
  constructor(
    socket: WebSocket,
    id: string,
    isToken: (given: string) => boolean,
    run: () => TerminalCommand | undefined,
  ) {
    this.#socket = socket;
    this.#id = id;
    this.#isToken = isToken;
    this.#run = run;
    this.#outgoing = new OutgoingStream(socket, 'output_stream_data');
    this.#incoming = new IncomingStream(socket, (message) => this.#take(message));
  }

  /** @param patience milliseconds for the token to arrive. */
  listen(patience: number): void {
    const deadline = setTimeout(() => {
      if (!this.#isLetIn) this.#refuse('The token has not come in time');
    }, patience);
    this.#socket.once('close', () => clearTimeout(deadline));
    this.#socket.on('message', (data: RawData, isBinary) => {
      try {
        if (this.#isLetIn) this.#receive(decodeMessage(data as Buffer));
        else this.#letIn(isBinary ? '' : (data as Buffer).toString());
      } catch {
        this.#refuse('That is no message of a session');
      }
    });
    this.#socket.once('close', () => this.#command?.kill());
    this.#socket.on('error', () => undefined); // followed by its close
  }

  #letIn(text: string): void {
    const { TokenValue: token } = JSON.parse(text) as { TokenValue?: unknown };
    if (!this.#isToken(String(token))) return this.#refuse('The token is not valid');
    this.#isLetIn = true;
    const request: HandshakeRequest = {
      AgentVersion: '3.3.0.0',
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      ],
    };
    this.#outgoing.sendJson(payloadType.handshakeRequest, request);
  }

  #receive(message: Message): void {
    if (message.type === 'acknowledge') this.#outgoing.confirm(message);
    else if (message.type === 'input_stream_data') this.#incoming.receive(message);
  }

  #take({ payloadType: kind, payload }: Message): void {
    if (kind === payloadType.output) this.#command?.write(payload);
    else if (kind === payloadType.size) this.#command?.resize(sizeIn(payload));
    else if (kind === payloadType.handshakeResponse && this.#command === undefined) this.#begin(payload);
  }

  #begin(payload: Buffer): void {
    const { Errors: errors } = JSON.parse(payload.toString()) as HandshakeResponse;
    if (errors !== null && errors.length > 0) return this.#refuse(errors.join('; '));
    this.#command = this.#run();
    if (this.#command === undefined) return this.#refuse('The session is over');
    this.#outgoing.sendJson(payloadType.handshakeComplete, { HandshakeTimeToComplete: 0, CustomerMessage: '' });
    void this.#tell(this.#command);
  }

  async #tell({ output, ended }: TerminalCommand): Promise<void> {
    await Promise.all([this.#forward(output), ended]);
    await this.#outgoing.confirmed(0);
    this.#socket.send(
      encodeMessage(
        jsonMessage('channel_closed', {
          MessageId: randomUUID(),
          CreatedDate: new Date().toISOString(),
          DestinationId: this.#id,
          SessionId: this.#id,
          MessageType: 'channel_closed',
          SchemaVersion: 1,
          Output: '',
        }),
      ),
    );
    this.#socket.close(1000);
  }

  async #forward(stream: NodeJS.ReadableStream): Promise<void> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += mostBytes) {
        await this.#outgoing.confirmed(mostUnconfirmed);
        if (this.#socket.readyState !== this.#socket.OPEN) return;
        this.#outgoing.send(payloadType.output, chunk.subarray(start, start + mostBytes));
      }
    }
  }

  #refuse(reason: string): void {
    this.#socket.close(policyViolation, reason);
  }
}

/** The size of the client's terminal, within what a terminal can have. */
function sizeIn(payload: Buffer): TerminalSize {
  const { cols, rows } = JSON.parse(payload.toString()) as { cols: unknown; rows: unknown };
  const within = (count: unknown): number => Math.min(Math.max(Math.trunc(Number(count)) || 1, 1), mostCharacters);
  return { columns: within(cols), rows: within(rows) };
}
