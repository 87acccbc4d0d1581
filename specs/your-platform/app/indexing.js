import { db } from './db.js';
import { events } from './events.js';
import { jobs } from './jobs.js';
import { tasks } from './tasks.js';

export const indexing = {
  /** Takes one job, if there is one, and does it in the same transaction. Returns whether there was one. */
  workOnce: () =>
    db.asSystem(async (client) => {
      const job = await jobs.next(client);
      if (job === undefined) return false;
      await db.become(client, job.tenant_id);
      await indexing.perform(client, job.task_id);
      await jobs.finish(client, job);
      return true;
    }),

  /** Counts the words of a task, which may have been removed meanwhile. */
  async perform(client, taskId) {
    const task = await tasks.find(client, taskId);
    if (task === undefined) return;
    const words = `${task.title} ${task.description}`.split(/\s+/).filter(Boolean).length;
    const indexed = await tasks.setWords(client, taskId, words);
    if (indexed !== undefined) await events.append(client, 'task.indexed', indexed);
  },
};
