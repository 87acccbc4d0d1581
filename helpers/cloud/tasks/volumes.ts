import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition, Volume } from '@aws-sdk/client-ecs';

/** Where a container sees a folder, and where it is. */
export interface Mount {
  readonly containerPath: string;
  readonly folder: string;
}

/** Folders of the control plane. */
interface Places {
  readonly root: string;
  /** That of the task. */
  readonly task: string;
}

/** The volume of a file system outlives every task; another is a part of its task. */
function folderOf({ name = '', efsVolumeConfiguration: efs }: Volume, { root, task }: Places): string {
  return efs === undefined
    ? path.join(task, 'volumes', name)
    : path.join(root, 'volumes', efs.fileSystemId!, path.join('/', efs.rootDirectory ?? '').slice(1));
}

/** What a container mounts, the longest path first. Their folders are made. */
export function mountsOf(
  { mountPoints = [] }: ContainerDefinition,
  volumes: readonly Volume[],
  places: Places,
): Mount[] {
  const mounts = mountPoints.map(({ sourceVolume, containerPath = '' }): Mount => ({
    containerPath: containerPath.replace(/\/+$/, ''),
    folder: folderOf(
      volumes.find(({ name }) => name === sourceVolume)!,
      places,
    ),
  }));
  for (const { folder } of mounts) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return mounts.toSorted((a, b) => b.containerPath.length - a.containerPath.length);
}
