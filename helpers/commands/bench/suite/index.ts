import { type Bench, checkLocal } from '../bench.ts';
import { measureDefaultRun } from './default-run.ts';
import { measureOwn, measureWithPeers } from './tests.ts';

/** What whole Playwright runs cost. */
export const benchSuite = of(measureWithPeers, measureDefaultRun);

/** Parts of it by their names, each by itself. */
export const suiteParts: Readonly<Record<string, Bench>> = {
  'suite:own': of(measureOwn),
  'suite:peers': of(measureWithPeers),
  'suite:default': of(measureDefaultRun),
};

function of(...parts: readonly Bench[]): Bench {
  return async (configuration, report) => {
    checkLocal(configuration, 'server');
    for (const part of parts) await part(configuration, report);
  };
}
