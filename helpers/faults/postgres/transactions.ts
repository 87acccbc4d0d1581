import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const commitForgetsDeferredConstraints = fault(
  'transactionRules',
  'deferred constraints are checked by COMMIT',
  () => ({ checkDeferred: async () => {} }),
  'rollback-honesty.spec.ts › deferred constraints › are checked by COMMIT, which then undoes the transaction',
);

export const deferredConstraintsBecomeImmediate = fault(
  'transactionRules',
  'a deferred constraint may be broken until COMMIT',
  () => ({ checkDeferred: async (client) => void (await client.query('SET CONSTRAINTS ALL IMMEDIATE')) }),
  'rollback-honesty.spec.ts › deferred constraints › may be broken until COMMIT, again and again',
);

export const addedConstraintsAreNotSeen = fault(
  'transactionRules',
  'deferred constraints that a test adds are checked, too',
  () => ({ isPlain: () => true }),
  'rollback-honesty.spec.ts › deferred constraints that a test adds › are checked at the end of what adds them',
);

export const isolationLevelIsForgotten = fault(
  'transactionRules',
  'a transaction has the isolation level that it was begun with',
  (rules) => ({
    modesOf(statement) {
      const { readOnly } = rules.modesOf(statement);
      return readOnly === undefined ? {} : { readOnly };
    },
  }),
  'rollback-honesty.spec.ts › isolation levels › hold: BEGIN ISOLATION LEVEL SERIALIZABLE',
);

export const readOnlyIsForgotten = fault(
  'transactionRules',
  'a transaction that is read only writes nothing',
  (rules) => ({
    modesOf(statement) {
      const { level } = rules.modesOf(statement);
      return level === undefined ? {} : { level };
    },
  }),
  'rollback-honesty.spec.ts › READ ONLY › holds until the transaction ends: BEGIN READ ONLY',
);

export const notificationsAreSwallowed = fault(
  'transactionRules',
  'what can not be within one transaction is refused',
  () => ({ obstacleTo: () => undefined }),
  'rollback-honesty.spec.ts › NOTIFY news fails at once, with the way out',
);
