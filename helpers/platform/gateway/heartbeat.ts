import type { WebSocket } from 'ws';

/**
 * Ends a connection whose other end has gone without a word: it has not answered the last ping, and is not just slow
 * to read what is on its way to it.
 */
export function endWhenGone(socket: WebSocket, millisecondsBetweenPings: number): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive && socket.bufferedAmount === 0) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, millisecondsBetweenPings);
  socket.on('pong', () => { isAlive = true; });
  socket.once('close', () => clearInterval(timer));
}
