import { lstatSync, realpathSync } from 'node:fs';
import { commandLine, thisMachine } from '../run/processes/index.ts';
import { fault } from './fault.ts';

const foreign = 'run/foreign.test.ts';
const privacy = 'run/privacy.test.ts';
const place = 'run/place.test.ts';
const labels = 'run/labels.test.ts';

export const symbolicLinksAreFollowed = fault(
  'run',
  'folders',
  'a symbolic link among the folders of runs is never followed',
  ({ whyForeign }) => ({
    whyForeign: (folder) => whyForeign(realpathSync(folder)),
  }),
  foreign,
);

export const openCacheIsTaken = fault(
  'run',
  'folders',
  'nothing is prepared or executed where another user can write',
  () => ({
    whyForeign: (folder) => (lstatSync(folder).isDirectory() ? undefined : 'is no folder'),
  }),
  'cache.test.ts',
);

export const readerIsEnded = fault(
  'run',
  'processes',
  "a process that only names a dead run's folder is not ended",
  ({ isSame }) => ({
    isSame: (process, folder) => isSame(process, folder) || commandLine(process.pid).includes(folder),
  }),
  foreign,
);

export const oneBadFolderStopsTheStart = fault(
  'run',
  'sweeping',
  'a folder that cannot be removed blocks nothing',
  () => ({
    all: async (things, sweep) => void (await Promise.all(things.map(sweep))),
  }),
  foreign,
);

export const foreignContainersAreRemoved = fault(
  'run',
  'containers',
  'a container of another host is left alone',
  ({ isLeftOver }) => ({
    isLeftOver: (found) => isLeftOver({ ...found, 'proving-ground.host': thisMachine().host }),
  }),
  labels,
);

export const forgedContainersAreRemoved = fault(
  'run',
  'containers',
  'a container with an incomplete set of labels is left alone',
  () => ({
    isLeftOver: (found) => Promise.resolve(found['proving-ground.run'] !== undefined),
  }),
  labels,
);

export const everybodyEntersTheFolder = fault(
  'run',
  'access',
  "a run's folder is closed to other users",
  (access) => ({ ...access, folder: 0o755 }),
  privacy,
);

export const everybodyAsksTheRun = fault(
  'run',
  'access',
  "a run's socket is closed to other users",
  (access) => ({ ...access, umask: 0 }),
  privacy,
);

export const workersNeedNoRoom = fault(
  'run',
  'room',
  "a run's folder has room for all its workers",
  ({ needed, forLog }) => ({
    needed: (_, hasServers) => needed(1, hasServers),
    forLog,
  }),
  place,
);

export const logTakesAll = fault(
  'run',
  'room',
  'the write-ahead log leaves room for the rest',
  ({ needed }) => ({
    needed,
    forLog: (free) => free,
  }),
  place,
);
