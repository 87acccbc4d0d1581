import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { Listener } from '../../kernel/store/listener.ts';
import { Connection } from './live-connection.ts';
import type { GatewayContext } from './context.ts';
import { updatesPath } from './protocol.ts';

/**
 * Live updates over WebSocket. The log in the database is the only queue: each client has a position in it, and gets
 * the next events when it has received the previous ones. A slow client delays no other and costs no memory, and a
 * reconnecting one continues where it was.
 */
export async function serveUpdates(server: Server, context: GatewayContext): Promise<void> {
  const connections = new Set<Connection>();
  const listener = new Listener(context.configuration.postgres, ['events'], (tenant) => {
    for (const connection of connections) connection.notice(tenant);
  });
  await listener.open();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: context.configuration.limits.bodyBytes });
  server.on('upgrade', (request, socket, head) => {
    const { url = '' } = request;
    if (url.split('?')[0] !== updatesPath) {
      socket.on('error', () => undefined); // the client has gone, and no other listener is left
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, context);
      connections.add(connection);
      webSocket.once('close', () => connections.delete(connection));
    });
  });
}
