import { faultsOf, replaced } from '../fault.ts';

const fault = faultsOf('postgres');

/** What the mark of a role without options has. */
const hashOfNone = 'e3b0c44298fc';

export const foreignRolesAreTakenOver = fault(
  'roleMarks',
  'a role that was there before a run stays as it is',
  ({ read }) => ({ read: (comment) => read(comment) ?? { options: hashOfNone, runs: [] } }),
  'prepared-roles.spec.ts › a role that was there before is left as it is',
);

export const rolesForgetOtherRuns = fault(
  'roleMarks',
  'a role stays while another run uses it',
  ({ write }) => ({ write: ({ options, runs }) => write({ options, runs: runs.slice(0, 1) }) }),
  'prepared-roles.spec.ts › a role goes with the last run that uses it',
);

export const rolesAreLeft = fault(
  'roleMarks',
  'a run leaves no role on a server',
  () => ({ drop: () => 'SELECT 1' }),
  "prepared-roles.spec.ts › a killed run's roles are swept, and a live run's stay",
);

export const roleIsNotTaken = fault(
  'acting',
  'a query as a role has the rights of this role alone',
  ({ enter }) => ({ enter: (role, settings) => replaced(enter(role, settings), "'role'", "'notes.role'") }),
  "roles.spec.ts › a role sees what its policies show to its claims (isolation 'database')",
);

export const claimsAreForgotten = fault(
  'acting',
  "a query as a role has the role's claims",
  ({ enter }) => ({ enter: (role) => enter(role, {}) }),
  "roles.spec.ts › a role's transaction is undone when it fails (isolation 'reset')",
);

export const roleStays = fault(
  'acting',
  'a role and its claims end with their query',
  () => ({ leave: () => 'SELECT 1' }),
  'roles.spec.ts › in a transaction › a role acts within a transaction that the test has begun',
);

export const administratorIsTheTestRole = fault(
  'acting',
  'the administrator sees every row',
  ({ administrator }) => ({ administrator: (server) => ({ ...administrator(server), credentials: server.testRole }) }),
  'roles.spec.ts › the administrator sees every row, and does what the test role may not',
);
