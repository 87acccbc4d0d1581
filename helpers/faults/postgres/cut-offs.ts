import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const endedSessionsAreNotTold = fault(
  'cutOffs',
  'the report names the sessions that a snapshot or a restore has ended',
  () => ({ concerned: () => [] }),
  'cut-off.spec.ts › a snapshot and its restoring tell which sessions they have ended',
);

export const ownSessionsAreTold = fault(
  'cutOffs',
  "the report is silent about sessions that the test's own pool opens again",
  () => ({ concerned: (sessions) => sessions }),
  "cut-off.spec.ts › ended sessions of the test's own pool are not reported",
);

export const deadPoolIsNotExplained = fault(
  'cutOffs',
  'the error of a pool without a listener says what has ended its session',
  () => ({ explanation: () => undefined }),
  'cut-off.spec.ts › the error of a pool without a listener says what has ended its session',
);

export const idleSessionsAreEnded = fault(
  'inPlaceReset',
  'a reset in place leaves idle sessions alone',
  (reset) => ({
    async inspect(admin, tables, mark) {
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'`,
      );
      return reset.inspect(admin, tables, mark);
    },
  }),
  'cut-off.spec.ts › in a database that is reset in place › only sessions that are at work are ended, and told of',
);
