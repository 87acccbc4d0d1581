import { type Access, ownerAlone } from './folder.ts';
import { type ContainerOwnership, containerOwnership } from './labels.ts';
import { room, type Room } from './place.ts';
import { type SweepParts, sweepParts } from './sweep.ts';

/**
 * What a run finds out before it takes a place, and before it removes or ends anything. Each part keeps a promise that
 * some test checks; a fault (`helpers/faults/run-parts.ts`) replaces one of them by a part that breaks it.
 */
export interface RunParts extends SweepParts {
  /** Which containers dead runs have left. */
  readonly containers: ContainerOwnership;
  /** What users may do with the files of a run. */
  readonly access: Access;
  /** How the room in a run's folder is counted. */
  readonly room: Room;
}

export const runParts: RunParts = { ...sweepParts, containers: containerOwnership, access: ownerAlone, room };
