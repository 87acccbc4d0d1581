import { type Access, ownerAlone } from './folder.ts';
import { type ContainerOwnership, containerOwnership } from './labels.ts';
import { type ContainerWatch, containerWatch } from './loss.ts';
import { room, type Room } from './place.ts';
import { type SweepParts, sweepParts } from './sweep.ts';

/** The parts of a run that decide what may be removed or ended; a fault (`helpers/faults/run-parts.ts`) breaks one. */
export interface RunParts extends SweepParts {
  /** Which containers dead runs have left. */
  readonly containers: ContainerOwnership;
  /** How the loss of a container is noticed. */
  readonly watch: ContainerWatch;
  /** Permissions of a run's files. */
  readonly access: Access;
  /** How many bytes a run needs in its folder. */
  readonly room: Room;
}

export const runParts: RunParts = {
  ...sweepParts,
  containers: containerOwnership,
  watch: containerWatch,
  access: ownerAlone,
  room,
};
