import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { messageOf } from '../../lib/environment.ts';

/** Milliseconds to wait for the answer to a WebSocket's handshake. */
export const handshakePatience = 10_000;

/** Resolves when a WebSocket is open. @throws Error with the address that did not answer, or with the answer. */
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

/** The address without its query, which may contain a secret. */
function placeOf({ url }: WebSocket): string {
  return url.replace(/[?#].*/s, '');
}
