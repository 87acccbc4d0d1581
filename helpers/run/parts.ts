import { type ContainerOwnership, containerOwnership } from './labels.ts';
import { type SweepParts, sweepParts } from './sweep.ts';

/**
 * What a run finds out before it removes or ends anything. Each part keeps a promise that some test checks; a fault
 * (`helpers/faults/run-parts.ts`) replaces one of them by a part that breaks it.
 */
export interface RunParts extends SweepParts {
  /** Which containers dead runs have left. */
  readonly containers: ContainerOwnership;
}

export const runParts: RunParts = { ...sweepParts, containers: containerOwnership };
