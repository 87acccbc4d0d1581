import { isAway } from '../../platform/kernel/store/database.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('experiments');

// The controller's promises: an experiment advances by itself, whatever restarts meanwhile.

export const statesNeverAdvance = fault(
  'steps',
  'an experiment advances by itself',
  () => ({ initializing: () => Promise.resolve() }),
  'lifecycle.spec.ts › an experiment runs from creation to recommendation',
);

export const criteriaAreIgnored = fault(
  'judge',
  'a candidate that misses a criterion fails',
  (judge) => ({ judge: (kpis) => judge.judge(kpis, {}) }),
  'lifecycle.spec.ts › a candidate that misses a criterion fails, and the results name the criterion',
);

export const generatorFailureIsFinal = fault(
  'steps',
  'a new experiment waits for the config generator',
  (steps) => ({
    initializing: (experiment, context) =>
      steps.initializing(experiment, context).catch((error: unknown) => {
        if (isAway(error)) throw error;
        return context.move(experiment, { to: 'failed', reason: 'the config generator is away' });
      }),
  }),
  'recovery.spec.ts › without the config generator, running experiments go on and new ones wait',
);

export const restartForgetsWhatRuns = fault(
  'queue',
  'a controller continues what another one began',
  (queue) => {
    const begun = new Set<string>();
    return {
      async next(db, atWork) {
        const next = await queue.next(db, atWork);
        for (const { id } of next) begun.add(id);
        return next;
      },
      unfinished: async (db) => (await queue.unfinished(db)).filter(({ id }) => begun.has(id)),
    };
  },
  'recovery.spec.ts › a new controller finishes what a killed one began',
);

export const queueKnowsNoLimit = fault(
  'queue',
  "the number of a tenant's running experiments is limited",
  (queue) => ({ next: (db) => queue.next(db, 1000), hasRoom: () => Promise.resolve(true) }),
  "concurrency.spec.ts › experiments beyond the tenant's limit queue and start in order",
);

export const liveRateIsOfMilliseconds = fault(
  'steps',
  'the live rate is of points in a second',
  (steps) => ({
    running(experiment, context) {
      const { metricsStore } = context.parts;
      const summarize: typeof metricsStore.summarize = async (client, selection) => {
        const { baseline, candidate } = await metricsStore.summarize(client, selection);
        const inOne = ({ points }: typeof baseline): number => points / 1000;
        return {
          baseline: { ...baseline, points: inOne(baseline) },
          candidate: { ...candidate, points: inOne(candidate) },
        };
      };
      return steps.running(experiment, {
        ...context,
        parts: { ...context.parts, metricsStore: { ...metricsStore, summarize } },
      });
    },
  }),
  'helpers/platform/experiments/controller/progress.test.ts › the live rate is of points in a second of run time',
);

export const exactLimitsAreMissed = fault(
  'judge',
  'a criterion is met when exactly its limit is found',
  (judge) => ({
    judge(kpis, criteria) {
      const stricter = Object.entries(criteria).map(([name, limit]): [string, number] => [
        name,
        name.startsWith('max_') ? limit - 1e-9 : limit + 1e-9,
      ]);
      return judge.judge(kpis, Object.fromEntries(stricter));
    },
  }),
  'helpers/platform/experiments/metrics/verdict.test.ts › a criterion is met when exactly its limit is found',
);

export const lastSeriesAreNotAwaited = fault(
  'steps',
  'an experiment is judged when its last series are there',
  (steps) => ({
    analyzing: (experiment, context) => steps.analyzing({ ...experiment, state_since: new Date(0) }, context),
  }),
  'helpers/platform/experiments/controller/steps.test.ts › analyzing › the last series are awaited up to a limit',
);
