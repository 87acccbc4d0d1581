import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition, Volume } from '@aws-sdk/client-ecs';

/** A folder's path in the container and its real path. */
export interface Mount {
  readonly containerPath: string;
  readonly folder: string;
}

/** Folders of the control plane. */
interface Places {
  readonly root: string;
  /** The task's folder. */
  readonly task: string;
}

/** The volume of a file system outlives tasks; others belong to their task. */
function folderOf({ name = '', efsVolumeConfiguration: efs }: Volume, { root, task }: Places): string {
  return efs === undefined
    ? path.join(task, 'volumes', name)
    : path.join(root, 'volumes', efs.fileSystemId!, path.join('/', efs.rootDirectory ?? '').slice(1));
}

/** A container's mounts, the longest path first. Creates their folders. */
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
