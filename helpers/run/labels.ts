import { statSync } from 'node:fs';
import path from 'node:path';
import { thisMachine } from './processes/index.ts';
import { isRunFolder, RunFolder } from './folder.ts';
import { isRunning } from './sweep.ts';

type Labels = Readonly<Record<string, string>>;

/** The label with the folder of the container's run. */
export const runLabel = 'proving-ground.run';
const [hostLabel, bootLabel, userLabel, placeLabel] = ['host', 'boot', 'user', 'place'].map(
  (name) => `proving-ground.${name}`,
) as [string, string, string, string];

/**
 * The labels of a run's container. Machines and containers that share an engine see each other's containers but not
 * each other's folders, so the labels identify the machine and file system that the folder is on.
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

/** Decides which containers dead runs have left. */
export interface ContainerOwnership {
  isLeftOver(labels: Labels): Promise<boolean>;
}

/**
 * A container is left over when its run was this user's on this host and is dead: it ran before the machine's last
 * start, or the socket in its folder does not answer. All others are left alone.
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

/** Distinguishes a folder from one with the same path in another file system, such as a container's. */
function placeOf(folder: string): string | undefined {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}
