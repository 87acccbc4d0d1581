import { once } from 'node:events';
import { connect } from 'node:net';

/** What a client may have said before it falls silent: nothing, half of a head, half of a body. */
const beginnings = [
  '',
  'GET / HTTP/1.1\r\nHost: x\r\n',
  'GET /api/v1/updates HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
  'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
];

/**
 * Says half of a request to a server of HTTP and no more, in several ways. Returns the milliseconds until it is hung up
 * on in all of them.
 */
export async function fallSilent(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const start = performance.now();
  await Promise.all(
    beginnings.map(async (words) => {
      const socket = connect(Number(port), hostname)
        .resume()
        .on('error', () => undefined); // a reset is an end, too
      socket.write(words);
      await once(socket, 'close');
    }),
  );
  return performance.now() - start;
}
