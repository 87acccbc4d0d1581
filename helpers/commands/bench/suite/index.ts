import { type Bench, checkLocal } from '../bench.ts';
import { measureOwn, measureWithPeers } from './tests.ts';

/** What whole Playwright runs cost. */
export const benchSuite = of(measureWithPeers);

/** Parts of it by their names, each by itself. */
export const suiteParts: Readonly<Record<string, Bench>> = {
  'suite:own': of(measureOwn),
};

function of(...parts: readonly Bench[]): Bench {
  return async (configuration, report) => {
    checkLocal(configuration, 'server');
    for (const part of parts) await part(configuration, report);
  };
}
