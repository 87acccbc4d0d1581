import { db } from './db.js';
import { notifications } from './notifications.js';
import { buildServer } from './server.js';
import { serveUpdates, updates } from './updates.js';

const server = await buildServer();
const closeSockets = serveUpdates(server.server);
const stopListening = await notifications.listen('events', (tenant) => updates.wake(tenant));
await server.listen({ host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`listening on ${server.server.address().port}`);

async function stop() {
  closeSockets();
  await server.close();
  await stopListening();
  await db.close();
}
process.once('SIGTERM', () => void stop());
