import { setTimeout as delay } from 'node:timers/promises';
import { db } from './db.js';
import { notifications } from './notifications.js';
import { indexing } from './indexing.js';

const stopping = new AbortController();
let wake = () => {};

const stopListening = await notifications.listen('jobs', () => wake());
process.once('SIGTERM', () => {
  stopping.abort();
  wake();
});
console.log('waiting for jobs');

while (!stopping.signal.aborted) {
  const told = new Promise((resolve) => (wake = resolve));
  try {
    if (!(await indexing.workOnce())) await Promise.race([told, delay(1_000, undefined, { ref: false })]);
  } catch (error) {
    console.error(`a job has failed, and is tried again: ${error.message}`);
    await delay(100);
  }
}
await stopListening();
await db.close();
