import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import type { Bench } from '../bench.ts';
import { compare, measureStart } from './compare.ts';
import { growData, growTables, growWorkers } from './growth.ts';

/** Isolated PostgreSQL databases: time to acquire and reset them, compared with other techniques, and how it grows. */
export const benchPostgres: Bench = async (configuration, report) => {
  if (configuration.target !== 'local')
    throw new EnvironmentUnavailable(
      `The bench measures a server that it has for itself: run it with TARGET=local, not ${configuration.target}.`,
    );
  for (const part of [measureStart, compare, growWorkers, growTables, growData]) await part(configuration, report);
};
