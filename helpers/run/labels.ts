import { statSync } from 'node:fs';
import path from 'node:path';
import { thisMachine } from './processes/index.ts';
import { isRunFolder, RunFolder } from './folder.ts';
import { isRunning } from './sweep.ts';

type Labels = Readonly<Record<string, string>>;

/** Names the run that something belongs to, by its folder. */
export const runLabel = 'proving-ground.run';
const [hostLabel, bootLabel, userLabel, placeLabel] = ['host', 'boot', 'user', 'place'].map(
  (name) => `proving-ground.${name}`,
) as [string, string, string, string];

/**
 * What a container carries that belongs to a run. Machines, and containers, that share an engine see each other's
 * containers and not each other's folders, so the labels say where that folder is to be looked for.
 */
export function labelsOf({ path: folder }: RunFolder): Record<string, string> {
  const { host, boot } = thisMachine();
  return {
    [runLabel]: folder,
    [hostLabel]: host,
    [bootLabel]: boot,
    [userLabel]: user(),
    [placeLabel]: placeOf(path.dirname(folder)) ?? '',
  };
}

/** Tells which containers dead runs have left. */
export interface ContainerOwnership {
  isLeftOver(labels: Labels): Promise<boolean>;
}

/**
 * A container is left over when its run was this user's on this host and is known to be gone: it ran before the machine
 * was started, or nobody answers where its folder would be. Every other is somebody else's.
 */
export const containerOwnership: ContainerOwnership = {
  async isLeftOver(labels) {
    const folder = labels[runLabel] ?? '';
    const { host, boot } = thisMachine();
    if (
      !isRunFolder(folder) ||
      labels[hostLabel] !== host ||
      labels[userLabel] !== user() ||
      labels[bootLabel] === undefined
    )
      return false;
    if (labels[bootLabel] !== boot) return true;
    const place = placeOf(path.dirname(folder));
    return place !== undefined && labels[placeLabel] === place && !(await isRunning(new RunFolder(folder)));
  },
};

function user(): string {
  return String(process.getuid?.() ?? '');
}

/** Tells a folder from one that has the same path elsewhere on this machine, in a container's own file system say. */
function placeOf(folder: string): string | undefined {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}
