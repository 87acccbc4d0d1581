import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { RunningCommand } from '../tasks/runner.ts';
import type { HandshakeRequest, HandshakeResponse } from './handshake.ts';
import { decodeMessage, encodeMessage, jsonMessage, type Message, payloadType } from './message.ts';
import { IncomingStream, OutgoingStream } from './stream.ts';

/** The size of the service's messages. */
const mostBytes = 1024;
/** Unconfirmed messages until the command waits for a slower client. */
const mostUnconfirmed = 200;
const policyViolation = 1008;

/** The agent's end of a session: checks the token, runs the command, and sends its output and exit code. */
export class AgentSession {
  readonly #socket: WebSocket;
  readonly #id: string;
  readonly #isToken: (given: string) => boolean;
  readonly #run: () => RunningCommand | undefined;
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  #isLetIn = false;
  #command: RunningCommand | undefined;

  /** @param run starts the command; undefined when the session was used already, or its container has ended. */
  constructor(
    socket: WebSocket,
    id: string,
    isToken: (given: string) => boolean,
    run: () => RunningCommand | undefined,
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

  /** Other messages (the size of a terminal, input) have no meaning for a command without a terminal. */
  #take({ payloadType: kind, payload }: Message): void {
    if (kind !== payloadType.handshakeResponse || this.#command !== undefined) return;
    const { Errors: errors } = JSON.parse(payload.toString()) as HandshakeResponse;
    if (errors !== null && errors.length > 0) return this.#refuse(errors.join('; '));
    this.#command = this.#run();
    if (this.#command === undefined) return this.#refuse('The session is over');
    this.#outgoing.sendJson(payloadType.handshakeComplete, { HandshakeTimeToComplete: 0, CustomerMessage: '' });
    void this.#tell(this.#command);
  }

  async #tell({ output, errors, ended }: RunningCommand): Promise<void> {
    const [, , exitCode] = await Promise.all([
      this.#forward(output, payloadType.output),
      this.#forward(errors, payloadType.errors),
      ended,
    ]);
    this.#outgoing.send(payloadType.exitCode, Buffer.from(String(exitCode)));
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

  async #forward(stream: NodeJS.ReadableStream, kind: number): Promise<void> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += mostBytes) {
        await this.#outgoing.confirmed(mostUnconfirmed);
        if (this.#socket.readyState !== this.#socket.OPEN) return;
        this.#outgoing.send(kind, chunk.subarray(start, start + mostBytes));
      }
    }
  }

  #refuse(reason: string): void {
    this.#socket.close(policyViolation, reason);
  }
}
