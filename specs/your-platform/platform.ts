import type { AppOptions } from '../../fixtures/app.ts';

const folder = new URL('app/', import.meta.url);
const secret = 'for tests alone, and so it may stand here';

/** The task tracker in `app/`, as the option `appOptions` takes it. */
export const taskTracker: AppOptions = {
  services: {
    api: {
      command: ['node', 'api.js'],
      cwd: folder,
      ready: '/health',
      env: ({ postgres, port }) => ({ PORT: port, DATABASE_URL: postgres.url, JWT_SECRET: secret }),
    },
    worker: {
      command: ['node', 'worker.js'],
      cwd: folder,
      ready: /waiting for jobs/,
      env: ({ postgres }) => ({ DATABASE_URL: postgres.url }),
    },
  },
  schema: new URL('migrations', folder),
  tokens: {
    algorithm: 'HS256',
    secret,
    claims: ({ id, userId }) => ({
      sub: userId,
      org: id,
      iss: 'https://login.task-tracker.example',
      aud: 'task-tracker',
    }),
  },
};
