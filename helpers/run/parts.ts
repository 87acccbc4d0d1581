import { type Access, ownerAlone } from './folder.ts';
import { type ContainerOwnership, containerOwnership } from './labels.ts';
import { type ContainerWatch, containerWatch } from './loss.ts';
import { outputs, type Outputs } from './outputs.ts';
import { room, type Room } from './place.ts';
import { type SweepParts, sweepParts } from './sweep.ts';
import { transforms, type Transforms } from './transforms.ts';

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
  /** Which output folders a run may use. */
  readonly outputs: Outputs;
  /** Which compiled files a run forgets. */
  readonly transforms: Transforms;
}

export const runParts: RunParts = {
  ...sweepParts,
  containers: containerOwnership,
  watch: containerWatch,
  access: ownerAlone,
  room,
  outputs,
  transforms,
};
