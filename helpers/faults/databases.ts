import { fault } from './fault.ts';

export const validationIgnoresOrphanedEvents = fault(
  'databases',
  'consistency',
  'validation finds events of users that PostgreSQL does not have',
  (consistency) => ({
    ...consistency,
    eventsHaveUsers: () => Promise.resolve(undefined),
  }),
  'both.spec.ts › validation finds an event of a user that PostgreSQL does not have',
);

export const validationIgnoresMissingEvents = fault(
  'databases',
  'consistency',
  'validation finds what is missing in ClickHouse',
  (consistency) => ({
    ...consistency,
    eventsAreComplete: () => Promise.resolve(undefined),
  }),
  'both.spec.ts › validation finds a message that was not told',
);

export const restoreOfBothForgetsClickHouse = fault(
  'databases',
  'stores',
  'a restore covers both stores',
  () =>
    ({ postgres }) => [postgres],
  'both.spec.ts › a named snapshot restores both stores',
);
