import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition, Volume } from '@aws-sdk/client-ecs';

/** Where a container sees a folder, and where it is. */
export interface Mount {
  readonly containerPath: string;
  readonly folder: string;
}

/** The folder of a volume of a file system outlives every task; another's is that of its name. */
export function folderOf({ name = '', efsVolumeConfiguration: efs }: Volume, root: string): string {
  return path.join(root, 'volumes', efs?.fileSystemId ?? name, path.join('/', efs?.rootDirectory ?? '').slice(1));
}

/** What a container mounts, the longest path first. Their folders are made. */
export function mountsOf({ mountPoints = [] }: ContainerDefinition, volumes: readonly Volume[], root: string): Mount[] {
  const mounts = mountPoints.map(({ sourceVolume, containerPath = '' }): Mount => ({
    containerPath: containerPath.replace(/\/+$/, ''),
    folder: folderOf(volumes.find(({ name }) => name === sourceVolume)!, root),
  }));
  for (const { folder } of mounts) mkdirSync(folder, { recursive: true });
  return mounts.toSorted((a, b) => b.containerPath.length - a.containerPath.length);
}
