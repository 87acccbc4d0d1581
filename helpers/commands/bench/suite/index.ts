import { type Bench, checkLocal } from '../bench.ts';
import { measureDefaultRun } from './default-run.ts';
import { measureGrowth } from './growth.ts';
import { measureOwn, measureWithPeers } from './tests.ts';

/** What whole Playwright runs cost: of tests with a database, and of all specs. Some 15 minutes on two cores. */
export const benchSuite = of(measureWithPeers, measureDefaultRun);

/** Its parts by themselves, and how the cost of a test grows, which takes as long as all else. */
export const suiteParts: Readonly<Record<string, Bench>> = {
  'suite:own': of(measureOwn),
  'suite:peers': of(measureWithPeers),
  'suite:default': of(measureDefaultRun),
  'suite:growth': of(measureGrowth),
};

function of(...parts: readonly Bench[]): Bench {
  return async (configuration, report) => {
    checkLocal(configuration, 'server');
    for (const part of parts) await part(configuration, report);
  };
}
