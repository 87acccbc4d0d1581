import { runChecks, type ValidationReport } from '../../validation/index.ts';
import { readDefinitions } from '../definitions/index.ts';
import type { Timeouts } from '../reader.ts';
import type { Checks, Subject } from './check.ts';
import { connectionChecks } from './connection-checks.ts';
import { dataChecks } from './data-checks.ts';
import { isolationChecks } from './isolation-checks.ts';
import { performanceChecks } from './performance-checks.ts';
import { schemaChecks } from './schema-checks.ts';

export type { Checks } from './check.ts';

export const checks: Checks = {
  connection: connectionChecks,
  schema: schemaChecks,
  data: dataChecks,
  performance: performanceChecks,
  isolation: isolationChecks,
};

/** Short, because a lock that a check meets is a failure, and many checks may meet it. */
export const patience: Timeouts = { lock: '100ms', statement: '30s' };

export function validate(about: Omit<Subject, 'definitions'>, all: Checks): Promise<ValidationReport> {
  let definitions: ReturnType<typeof readDefinitions> | undefined;
  const subject = { ...about, definitions: () => (definitions ??= readDefinitions(about.client)) };
  return runChecks(subject.name, subject, all);
}
