import { type Bench, checkLocal } from '../bench.ts';
import { measureOwn } from './tests.ts';

/** What whole Playwright runs cost. */
export const benchSuite: Bench = async (configuration, report) => {
  checkLocal(configuration, 'server');
  await measureOwn(report);
};
