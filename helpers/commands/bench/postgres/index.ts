import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import type { Bench } from '../bench.ts';
import { compare, measureStart } from './compare.ts';
import { growData, growTables, growWorkers } from './growth.ts';

/** Isolated PostgreSQL databases: how fast they come and are put back, beside other techniques, and how that grows. */
export const benchPostgres: Bench = async (configuration, report) => {
  if (configuration.target !== 'local')
    throw new EnvironmentUnavailable(
      `The bench measures a server that it has for itself: run it with TARGET=local, not ${configuration.target}.`,
    );
  for (const part of [measureStart, compare, growWorkers, growTables, growData]) await part(configuration, report);
};
