import { fault } from './fault.ts';

export const validationIgnoresOrphanedEvents = fault(
  'databases',
  'consistency',
  'validation finds events of users that PostgreSQL does not have',
  (consistency) => ({
    ...consistency,
    eventsHaveUsers: () => Promise.resolve(undefined),
  }),
);

export const validationIgnoresMissingEvents = fault(
  'databases',
  'consistency',
  'validation finds what is missing in ClickHouse',
  (consistency) => ({
    ...consistency,
    eventsAreComplete: () => Promise.resolve(undefined),
  }),
);

export const restoreOfBothForgetsClickHouse = fault(
  'databases',
  'stores',
  'a restore covers both stores',
  () =>
    ({ postgres }) => [postgres],
);
