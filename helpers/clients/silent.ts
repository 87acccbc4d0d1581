import { once } from 'node:events';
import { connect } from 'node:net';

/** Beginnings of a request: nothing, half of a head, half of a body. */
const beginnings = [
  '',
  'GET / HTTP/1.1\r\nHost: x\r\n',
  'GET /api/v1/updates HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
  'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
];

/** Sends unfinished requests in several ways. Returns the milliseconds until the server has closed them all. */
export async function fallSilent(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const start = performance.now();
  await Promise.all(
    beginnings.map(async (words) => {
      const socket = connect(Number(port), hostname)
        .resume()
        .on('error', () => undefined); // a reset also ends the connection
      socket.write(words);
      await once(socket, 'close');
    }),
  );
  return performance.now() - start;
}
