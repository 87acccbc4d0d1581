import { WebSocketServer } from 'ws';
import { db } from './db.js';
import { events } from './events.js';
import { tokens } from './tokens.js';

const page = 100;

/** Sends each tenant's events to its WebSockets: those after the one that a client has named, each once, in order. */
export const updates = {
  subscribers: new Map(),

  add(subscriber) {
    const { tenant } = subscriber;
    if (!updates.subscribers.has(tenant)) updates.subscribers.set(tenant, new Set());
    updates.subscribers.get(tenant).add(subscriber);
  },

  remove(subscriber) {
    const all = updates.subscribers.get(subscriber.tenant);
    all?.delete(subscriber);
    if (all?.size === 0) updates.subscribers.delete(subscriber.tenant);
  },

  /** Of one tenant, or of all. */
  of(tenant) {
    return tenant === undefined
      ? [...updates.subscribers.values()].flatMap((all) => [...all])
      : [...(updates.subscribers.get(tenant) ?? [])];
  },

  /** Sends the subscribers of a tenant, or all, what they do not have yet. */
  wake(tenant) {
    for (const subscriber of updates.of(tenant)) void pump(subscriber);
  },

  /** The events behind the last one that a subscriber has. */
  read: ({ tenant, last }) => db.asTenant(tenant, (client) => events.after(client, last, page)),

  send: ({ socket }, event) => socket.send(JSON.stringify(event)),

  /** The tenant of a request for a WebSocket, and the event that its client has last; undefined for the newest. */
  identify(request) {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const { tenant } = tokens.tenantOf(request.headers.authorization, searchParams.get('access_token') ?? undefined);
    const after = Number(searchParams.get('after') ?? NaN);
    return { tenant, after: Number.isSafeInteger(after) && after >= 0 ? after : undefined };
  },
};

/** One read at a time for each subscriber; what wakes it meanwhile makes it read again. */
async function pump(subscriber) {
  subscriber.isBehind = true;
  if (subscriber.isReading) return;
  subscriber.isReading = true;
  try {
    while (subscriber.isBehind && subscriber.socket.readyState === subscriber.socket.OPEN) {
      subscriber.isBehind = false;
      const found = await updates.read(subscriber);
      for (const event of found) {
        updates.send(subscriber, event);
        subscriber.last = event.seq;
      }
      if (found.length === page) subscriber.isBehind = true;
    }
  } catch (error) {
    console.error(`cannot read events: ${error.message}`);
    subscriber.socket.close(1013, 'try again later'); // the client resumes with `after`
  } finally {
    subscriber.isReading = false;
  }
}

/** Serves WebSockets at `/updates`. */
export function serveUpdates(server) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  server.on('upgrade', (request, socket, head) => {
    void open(request).then(
      (subscriber) =>
        sockets.handleUpgrade(request, socket, head, (opened) => {
          subscriber.socket = opened;
          opened.on('close', () => updates.remove(subscriber));
          opened.on('error', () => opened.terminate());
          updates.add(subscriber);
          void pump(subscriber);
        }),
      ({ status = 503, message }) => socket.end(`HTTP/1.1 ${status} ${message}\r\nConnection: close\r\n\r\n`),
    );
    socket.on('error', () => socket.destroy());
  });
  return () => {
    for (const client of sockets.clients) client.close(1001, 'the server stops');
  };
}

async function open(request) {
  if (!/^\/updates(\?|$)/.test(request.url)) throw Object.assign(new Error('Not Found'), { status: 404 });
  const { tenant, after } = updates.identify(request);
  const last = after ?? (await db.asTenant(tenant, (client) => events.latest(client)));
  return { tenant, last, isBehind: false, isReading: false };
}
