import type { AppOptions } from '../../../fixtures/app.ts';

const secret = 'a secret of the notes';

/** The notes, and a worker that has no port. */
export const notes = {
  services: {
    api: {
      command: 'node notes.cjs',
      cwd: './servers',
      ready: '/health',
      env: ({ postgres }) => ({ DATABASE_URL: postgres.url, JWT_KEY: secret }),
    },
    worker: {
      command: ['node', '--eval', 'console.log(`listening to ${process.env.API}`); setInterval(() => {}, 1000)'],
      ready: /listening to/,
      env: ({ services }) => ({ API: services.api!.url }),
    },
  },
  schema: './servers/notes.sql',
  tokens: { algorithm: 'HS256', secret, claims: ({ id, userId }) => ({ sub: userId, org: id }) },
  page: (token) => ({ cookies: { token } }),
} satisfies AppOptions;
