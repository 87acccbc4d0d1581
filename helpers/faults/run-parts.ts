import { lstatSync, realpathSync } from 'node:fs';
import { commandLine, thisMachine } from '../run/processes/index.ts';
import { engineLost } from '../run/index.ts';
import { faultsOf } from './fault.ts';

const fault = faultsOf('run');

export const symbolicLinksAreFollowed = fault(
  'folders',
  'a symbolic link among the folders of runs is never followed',
  ({ whyForeign }) => ({ whyForeign: (folder) => whyForeign(realpathSync(folder)) }),
  'run/foreign.test.ts › a sweep does not follow symbolic links, and continues after one',
);

export const openCacheIsTaken = fault(
  'folders',
  'nothing is prepared or executed where another user can write',
  () => ({ whyForeign: (folder) => (lstatSync(folder).isDirectory() ? undefined : 'is no folder') }),
  "lib/cache.test.ts › a cache that another user could have written to is replaced by the user's own",
);

export const readerIsEnded = fault(
  'processes',
  "a process that only names a dead run's folder is not ended",
  ({ isSame }) => ({
    isSame: (process, folder) => isSame(process, folder) || commandLine(process.pid).includes(folder),
  }),
  "run/foreign.test.ts › a dead run's process is ended, and one that only names its folder is not",
);

export const oneBadFolderStopsTheStart = fault(
  'sweeping',
  'a folder that cannot be removed blocks nothing',
  () => ({ all: async (things, sweep) => void (await Promise.all(things.map(sweep))) }),
  'run/foreign.test.ts › a sweep removes the other folders when one cannot be removed',
);

export const foreignContainersAreRemoved = fault(
  'containers',
  'a container of another host is left alone',
  ({ isLeftOver }) => ({ isLeftOver: (found) => isLeftOver({ ...found, 'proving-ground.host': thisMachine().host }) }),
  'run/labels.test.ts › a container of another host, user or file system is left alone',
);

export const forgedContainersAreRemoved = fault(
  'containers',
  'a container with an incomplete set of labels is left alone',
  () => ({ isLeftOver: (found) => Promise.resolve(found['proving-ground.run'] !== undefined) }),
  'run/labels.test.ts › a container with an incomplete set of labels is left alone',
);

export const cutConnectionEndsTheRun = fault(
  'watch',
  'a container is lost only when the engine says so or does not answer',
  () => ({
    lossOf: async (_, container) => {
      const events = await container.events();
      await new Promise((resolve) => events.resume().once('close', resolve));
      return engineLost(new Error('it has closed the connection'))!;
    },
  }),
  'run/loss.test.ts › a container is not lost while the engine says that it runs, though the connection was cut',
);

export const stoppedContainerIsLost = fault(
  'watch',
  'a container that the run itself stops is not lost',
  ({ lossOf }) => ({ lossOf: (product, container) => lossOf(product, container, new AbortController().signal) }),
  'run/loss.test.ts › a container is not lost when the run itself stops it',
);

export const everybodyEntersTheFolder = fault(
  'access',
  "a run's folder is closed to other users",
  () => ({ folder: 0o755 }),
  "run/privacy.test.ts › a run's folder is closed to other users, whatever the umask",
);

export const everybodyAsksTheRun = fault(
  'access',
  "a run's socket is closed to other users",
  () => ({ umask: 0 }),
  "run/privacy.test.ts › a run's socket is closed to other users",
);

export const workersNeedNoRoom = fault(
  'room',
  "a run's folder has room for all its workers",
  ({ needed, forLog }) => ({ needed: (_, hasServers) => needed(1, hasServers), forLog }),
  'run/place.test.ts › where its workers have room',
);

export const logTakesAll = fault(
  'room',
  'the write-ahead log leaves room for the rest',
  ({ needed }) => ({ needed, forLog: (free) => free }),
  "run/place.test.ts › PostgreSQL's write-ahead log has a quarter of the room, and no more than 1 GB",
);

export const runsWriteToTheSameOutputs = fault(
  'outputs',
  'two runs in one checkout have outputs of their own',
  () => ({ isClaimed: () => false }),
  'run/outputs.test.ts › runs in one checkout at the same time have outputs of their own',
);

export const outputsStayClaimed = fault(
  'outputs',
  'the outputs of a run that has ended are free again',
  () => ({ isClaimed: () => true }),
  'run/outputs.test.ts › runs in one checkout at the same time have outputs of their own',
);

export const outputsOfAnotherUserAreOverlooked = fault(
  'outputs',
  'a run does not start where it cannot replace the files of an earlier one',
  () => ({ isOpen: () => true }),
  "run/outputs.test.ts › files left by another user's run are reported with the command that removes them",
);

export const compiledFilesOfAnotherNodeServe = fault(
  'transforms',
  'what was compiled for another Node is compiled again',
  () => ({ kindOf: () => 'any' }),
  'run/transforms.test.ts › what was compiled for Node 24 is forgotten for Node 20, and the other way round',
);

export const filesBesideCompiledOnesAreRemoved = fault(
  'transforms',
  "another program's files in the folder of compiled files stay",
  () => ({ isOfPlaywright: () => true }),
  "run/transforms.test.ts › another program's files in the folder of compiled files stay",
);
