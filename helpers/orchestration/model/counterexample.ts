import fc from 'fast-check';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { OpenStore } from '../store-module.ts';
import { Timeline } from '../timeline.ts';
import { BrokenPromise, type Decorate, play } from './run.ts';
import { ShrinkingHistories } from './shrinking.ts';
import { histories, type Step } from './steps.ts';

export interface CheckOptions {
  /** How many random histories to play. */
  readonly runs: number;
  readonly seed: number;
  /** Milliseconds after which it is an error that histories are left to be played. */
  readonly timeLimit: number;
  /** Milliseconds for which a history that breaks a promise is made shorter. */
  readonly shrinkTime: number;
  /** Where in the shrinking of the seed's history to begin: what a counterexample was found by. */
  readonly path?: string;
}

/** The shortest history found in which the store breaks a promise. */
export interface Counterexample {
  readonly promise: string;
  readonly steps: readonly Step[];
  /** How many histories kept every promise before. */
  readonly after: number;
  /** `seed:path`, which replays it. */
  readonly replay: string;
  /** What its clients did, when it was played once more. */
  readonly timeline: Timeline;
}

/** Plays random histories, each on a store of its own. Undefined when the store keeps every promise in all of them. */
export async function findCounterexample(
  open: () => Promise<OpenStore>,
  decorate: Decorate,
  { runs, seed, timeLimit, shrinkTime, path }: CheckOptions,
): Promise<Counterexample | undefined> {
  const attempt = async (steps: readonly Step[], timeline?: Timeline): Promise<void> => {
    const store = await open();
    try {
      await play(steps, store, decorate, timeline);
    } finally {
      await store.close();
    }
  };
  let foundAt: number | undefined;
  const property = fc.asyncProperty(new ShrinkingHistories(histories), async (steps) => {
    if (foundAt !== undefined && performance.now() - foundAt > shrinkTime) return; // which ends the shrinking
    try {
      await attempt(steps);
    } catch (error) {
      foundAt ??= performance.now();
      throw error;
    }
  });
  const details = await fc.check(property, {
    numRuns: runs,
    seed,
    interruptAfterTimeLimit: timeLimit,
    markInterruptAsFailure: true,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
  if (!details.failed) return undefined;
  if (details.counterexample === null)
    throw new EnvironmentUnavailable(
      `Only ${details.numRuns} of ${runs} histories were played in ${timeLimit / 1000} s: ` +
        'set ORCHESTRATION_HISTORIES to fewer, or give the machine less else to do.',
    );
  if (!(details.errorInstance instanceof BrokenPromise)) throw details.errorInstance;
  const [steps] = details.counterexample;
  const timeline = new Timeline();
  await attempt(steps, timeline).catch((error: unknown) => timeline.note(String(error)));
  const replay = `${seed}:${details.counterexamplePath}`;
  return { promise: details.errorInstance.message, steps, after: details.numRuns - 1, replay, timeline };
}
