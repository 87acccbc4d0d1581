import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { expect, test } from '../../../testing/index.ts';
import { endWhenGone } from './heartbeat.ts';

test('a client that misses its heartbeat is disconnected, and a slow or backed-up one is not', async () => {
  const message = 'x'.repeat(16 * 1024 * 1024); // more than an unread connection holds
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', (socket, { url }) => {
    if (url === '/slow') socket.send(message);
    if (url === '/unread') socket.pause();
    endWhenGone(socket, 200);
  });
  await once(server, 'listening');
  const connect = async (path: string, options?: { autoPong: boolean }): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, options);
    await once(client, 'open');
    return client;
  };
  try {
    const slow = await connect('/slow');
    slow.pause();
    const unread = await connect('/unread');
    const living = await connect('/living');
    const gone = await connect('/gone', { autoPong: false });
    await once(gone, 'close');
    for (let ping = 0; ping < 5; ping++) await once(living, 'ping');

    expect(living.readyState).toBe(WebSocket.OPEN);
    expect(unread.readyState).toBe(WebSocket.OPEN);
    slow.resume();
    const [data] = (await once(slow, 'message')) as [Buffer];
    expect(data).toHaveLength(message.length);
  } finally {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});
