import { type Bench, checkLocal } from '../bench.ts';
import { compare, measureStart } from './compare.ts';
import { growSchema } from './schema-size.ts';
import { measureTemplates } from './templates.ts';
import { growData, growTables, growWorkers } from './growth.ts';

/** Isolated PostgreSQL databases: time to acquire and reset them, compared with other techniques, and how it grows. */
export const benchPostgres: Bench = async (configuration, report) => {
  checkLocal(configuration, 'server');
  for (const part of [measureStart, compare, growWorkers, growTables, growSchema, measureTemplates, growData])
    await part(configuration, report);
};
