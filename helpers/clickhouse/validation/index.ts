import { runChecks, type ValidationReport } from '../../validation/index.ts';
import type { Checks, Subject } from './check.ts';
import { connectionChecks } from './connection.ts';
import { dataChecks } from './data.ts';
import { isolationChecks } from './isolation.ts';
import { performanceChecks } from './performance.ts';
import { schemaChecks } from './schema.ts';

export type { Checks } from './check.ts';

export const checks: Checks = {
  connection: connectionChecks,
  schema: schemaChecks,
  data: dataChecks,
  performance: performanceChecks,
  isolation: isolationChecks,
};

export function validate(subject: Subject, all: Checks): Promise<ValidationReport> {
  return runChecks(subject.name, subject, all, 'connection first, then at once');
}
