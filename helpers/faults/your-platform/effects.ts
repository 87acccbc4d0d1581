import type { ClientBase } from 'pg';
import { faultsOf } from '../fault.ts';
import type { Job } from './parts.ts';

const fault = faultsOf('your-platform');

// What is accepted has exactly one effect, whatever fails; what is refused has none.

export const versionsAreIgnored = fault(
  'tasks',
  'of two changes to one version, the second is refused',
  (tasks) => ({
    async change(client, id, change) {
      const { rows } = await client.query('SELECT version FROM tasks WHERE id = $1 FOR UPDATE', [id]);
      return tasks.change(client, id, { ...change, ...rows[0] });
    },
  }),
  'consistency.spec.ts › of concurrent changes to one version of a task, one is granted',
);

export const additionsOverwriteEachOther = fault(
  'tasks',
  'concurrent comments are all counted',
  (tasks) => ({
    async comment(client, id, text) {
      const found = await tasks.find(client, id);
      const commented = await tasks.comment(client, id, text);
      await client.query('UPDATE tasks SET comments = $2 WHERE id = $1', [id, (found?.comments ?? 0) + 1]);
      return commented;
    },
  }),
  'consistency.spec.ts › concurrent additions to a task are all kept',
);

export const requestKeysAreIgnored = fault(
  'tasks',
  'a request that is sent again has no second effect',
  (tasks) => ({ insert: (client, task) => tasks.insert(client, task, undefined) }),
  'consistency.spec.ts › a request that is sent again creates no second task',
);

export const someAcceptedTasksAreNotStored = fault(
  'tasks',
  'a task that was accepted exists',
  (tasks) => {
    let number = 0;
    return {
      async insert(client, task, key) {
        const created = await tasks.insert(client, task, key);
        if (++number % 7 === 0) await tasks.remove(client, created.id);
        return created;
      },
    };
  },
  'consistency.spec.ts › concurrent creates make one task each',
);

export const requestsHaveNoTransaction = fault(
  'db',
  'a refused request changes nothing',
  () => ({ begin: (client, settings) => client.query(settings.replaceAll('SET LOCAL', 'SET')) }),
  'consistency.spec.ts › a refused request leaves nothing',
);

export const theWorkerTakesJobsIntoMemory = fault(
  'jobs',
  'a killed worker loses no job',
  (_, { db }) => {
    const taken: Job[] = [];
    return {
      async next() {
        if (taken.length === 0) taken.push(...(await db.asSystem(takeAll)));
        return taken.shift();
      },
    };
  },
  'recovery.spec.ts › no accepted task is lost when a service is killed',
);

export const brokenConnectionsAreUsedAgain = fault(
  'db',
  'the API works again after the database was restarted',
  ({ connect }) => {
    let only: ReturnType<typeof connect> | undefined;
    return {
      async connect() {
        only ??= connect();
        return (await only).removeAllListeners('error').on('error', () => {});
      },
      release: () => undefined,
    };
  },
  'recovery.spec.ts › a task is created and finished after the database has ended its connections',
);

export const connectionsInUseEndTheirService = fault(
  'db',
  'the API lives on when a connection in use ends',
  ({ connect }) => ({ connect: async () => (await connect()).removeAllListeners('error') }),
  'lifecycle.spec.ts › a request whose connection to the database ends is 503, and its service lives on',
);

export const connectionsLeak = fault(
  'db',
  'the API answers many clients',
  ({ release }) => {
    let number = 0;
    return { release: (client, error) => void (++number % 15 === 0 || release(client, error)) };
  },
  'load.spec.ts › 20 clients are answered in time, without an error',
);

async function takeAll(client: ClientBase): Promise<Job[]> {
  return (await client.query<Job>('DELETE FROM jobs RETURNING id, tenant_id, task_id')).rows;
}
