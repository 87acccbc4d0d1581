import path from 'node:path';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('reporter');

export const aShardIsIgnored = fault(
  'readCompanions',
  'a merged report covers all shards',
  (read) => (folder) => {
    const { shardFiles: companions, complaints } = read(folder);
    return { shardFiles: companions.slice(0, -1), complaints };
  },
  "merged.test.ts › shards' files are merged into one report",
);

export const missingFilesAreNotTold = fault(
  'mergeRunners',
  'a merged report names what is unknown',
  (merge) =>
    (...given) => ({ ...merge(...given), remarks: [] }),
  'merged.test.ts › a file that is missing, or belongs to no blob, is named',
);

export const missingShardsAreNotNamed = fault(
  'missingShards',
  'a merge without a shard names it',
  () => () => [],
  'merged.test.ts › the tests of a missing shard did not run, and the shard is named',
);

export const testsOfMissingShardsAreForgotten = fault(
  'readCompanions',
  'the tests of a missing shard did not run',
  (read) => (folder) => {
    const { shardFiles, complaints } = read(folder);
    return { shardFiles: shardFiles.map((file) => ({ ...file, planned: [] })), complaints };
  },
  'merged.test.ts › the tests of a missing shard did not run, and the shard is named',
);

export const theOldestReportCounts = fault(
  'chooseReports',
  'of a test that was run again the newest report counts',
  () => (reports) => reports.slice(0, 1),
  'merged.test.ts › of a test that was run again the newest report counts',
);

export const emptyReportsTakeThePlaceOfOthers = fault(
  'chooseReports',
  'a test that passed and was not reached by the next run has passed',
  () => (reports) => reports.slice(-1),
  'merged.test.ts › a report that says nothing of a test takes the place of none',
);

export const setUpsOfOtherShardsAreForgotten = fault(
  'chooseReports',
  'a set-up that fails in one shard fails',
  (choose) => (reports) => choose(reports, { isSetUp: false }),
  'merged.test.ts › a set-up that every shard runs is one test, and fails where it fails in one',
);

export const replacedShardsAreStillTold = fault(
  'mergeRunners',
  'a shard that was run again and passed does not fail the merge',
  (merge) =>
    (...given) => {
      const { runners, remarks } = merge(...given);
      return { runners: runners.map((runner) => ({ ...runner, isReplaced: false })), remarks };
    },
  'merged.test.ts › of a test that was run again the newest report counts',
);

export const whatWasMetIsForgotten = fault(
  'mergeRunners',
  'what a shard met outside of its tests fails the merge until they were run again',
  (merge) =>
    (...given) => {
      const { runners, remarks } = merge(...given);
      return { runners: runners.map((runner) => ({ ...runner, isReplaced: true })), remarks };
    },
  'merged.test.ts › what a runner met is no longer so when its tests were run again, and only then',
);

export const reportsLieBesideTheConfiguration = fault(
  'places',
  "reports lie beside Playwright's",
  () => ({ html: (_, folder) => path.join(folder, 'playwright-report') }),
  'places.test.ts › reports lie beside Playwright’s when the configuration is in a subfolder',
);
