import type { WebSocket } from 'ws';

/**
 * Ends a connection whose other end has gone without a word: it has not answered the last ping. One that is slow to
 * read what is on its way to it, or that is not read from meanwhile, has its time to answer afterwards.
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
