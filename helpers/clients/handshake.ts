import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { messageOf } from '../lib/environment.ts';

/** Milliseconds for a WebSocket to be answered, as its option `handshakeTimeout`. */
export const handshakePatience = 10_000;

/** Returns when a WebSocket is open. @throws Error that says where nobody answered, or what was answered. */
export async function opened(socket: WebSocket, patience: number): Promise<void> {
  try {
    await once(socket, 'open');
  } catch (error) {
    const message = messageOf(error);
    throw new Error(
      /timed out/.test(message)
        ? `The WebSocket at ${placeOf(socket)} was not answered within ${patience / 1000} s.`
        : `The WebSocket at ${placeOf(socket)} could not be opened: ${message}`,
      { cause: error },
    );
  }
}

/** Its address without what may be a secret. */
function placeOf({ url }: WebSocket): string {
  return url.replace(/[?#].*/s, '');
}
