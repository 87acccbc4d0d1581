import type { WebSocket } from 'ws';

/**
 * Ends a connection whose client has vanished: it has not answered the last ping. A client that is slow to read pending
 * data, or that is not being read from, gets time to answer afterwards.
 */
export function endWhenGone(socket: WebSocket, millisecondsBetweenPings: number): void {
  let isAlive = true;
  const timer = setInterval(() => {
    const isBusy = socket.isPaused || socket.bufferedAmount > 0;
    if (!isAlive && !isBusy) return socket.terminate();
    isAlive = isBusy;
    if (!isBusy) socket.ping();
  }, millisecondsBetweenPings);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.once('close', () => clearInterval(timer));
}
