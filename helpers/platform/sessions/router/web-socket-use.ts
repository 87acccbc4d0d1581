import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import * as webSockets from 'ws';

/** Milliseconds between two records of use while a session's WebSocket is active. */
export const pause = 1_000;
/** The most bytes of a message that is looked at. */
const mostBytes = 64 * 1024;

/** Decides which messages of a page are use of its session. */
export interface Use {
  /** Whether somebody may have caused a message; the live-reload client sends `{"type":"ping"}` by itself. */
  isUse(message: string): boolean;
}

export const use: Use = {
  isUse: (message) => message !== '{"type":"ping"}',
};

/** The library's parser of frames (RFC 6455), which its types leave out. */
const { Receiver } = webSockets as unknown as {
  readonly Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable;
};

/**
 * Records use by the messages that a page sends: not by control frames, and not by the opening, which a page repeats by
 * itself when its connection was lost. What cannot be read counts as use.
 * @param now the time in milliseconds.
 */
export function noteUse(socket: Socket, { isUse }: Use, touch: () => Promise<unknown>, now = Date.now): void {
  let last = now() - pause;
  const note = (): void => {
    if (now() - last < pause) return;
    last = now();
    touch().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  };
  const receiver = new Receiver({ isServer: true, maxPayload: mostBytes });
  receiver.on('message', (message: Buffer) => isUse(message.toString()) && note());
  receiver.on('error', note);
  const read = (data: Buffer): void => {
    if (receiver.destroyed) note();
    else receiver.write(Buffer.from(data)); // a copy, because it unmasks what it is given
  };
  // Not before the socket is connected with what is behind the router: its data would be read, and lost.
  socket.once('pipe', () => socket.on('data', read));
}
