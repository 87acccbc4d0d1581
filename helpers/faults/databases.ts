import { faultsOf } from './fault.ts';

const fault = faultsOf('databases');

export const validationIgnoresOrphanedEvents = fault(
  'consistency',
  'validation finds events of users that PostgreSQL does not have',
  () => ({ eventsHaveUsers: () => Promise.resolve(undefined) }),
  'both.spec.ts › validation finds an event of a user that PostgreSQL does not have',
);

export const validationIgnoresMissingEvents = fault(
  'consistency',
  'validation finds what is missing in ClickHouse',
  () => ({ eventsAreComplete: () => Promise.resolve(undefined) }),
  'both.spec.ts › validation finds a message that was not told',
);

export const strangersInClickHouseAreUnseen = fault(
  'consistency',
  'validation finds users that only one of the stores has',
  ({ usersAgree }) => ({
    async usersAgree(subject) {
      const result = await usersAgree(subject);
      return result && { ...result, passed: result.passed || !result.found.includes('only in PostgreSQL') };
    },
  }),
  'helpers/stores/databases/consistency.test.ts › a user that only one store has is named',
);

export const restoreOfBothForgetsClickHouse = fault(
  'stores',
  'a restore covers both stores',
  () =>
    ({ postgres }) => [postgres],
  'both.spec.ts › a named snapshot restores both stores',
);

export const ownChecksAreIgnored = fault(
  'ownChecks',
  'validation makes the checks of a user, too',
  () => (all) => Object.fromEntries(Object.keys(all).map((key) => [key, {}])) as typeof all,
  'both.spec.ts › own checks',
);

export const pathsCountFromTheWorkingFolder = fault(
  'places',
  'a path in an option counts from the file that says it',
  () => ({ folderOf: () => process.cwd() }),
  'helpers/stores/places.test.ts › paths in options count from',
);

export const pathsOfReadyMadeTestsCountFromThem = fault(
  'places',
  'a path in the options of a ready-made test counts from the spec that it is for',
  ({ folderOf }) => ({
    folderOf: (option, value, test) => folderOf(option, value, { ...test, titlePath: [test.file] }),
  }),
  'helpers/stores/places.test.ts › paths in options count from',
);
