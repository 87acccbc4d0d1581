import { runChecks, type ValidationReport } from '../../validation/index.ts';
import type { Definition } from '../../differences/index.ts';
import { type MarkedDefinitions, readMarked } from '../definitions/index.ts';
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

/** @param made the state that the database was created with. */
export function validate(
  { made, ...about }: Omit<Subject, 'definitions' | 'original'> & { readonly made: MarkedDefinitions },
  all: Checks,
): Promise<ValidationReport> {
  let definitions: Promise<readonly Definition[]> | undefined;
  const read = async (): Promise<readonly Definition[]> =>
    (await readMarked(about.client, about.reading, made)).definitions;
  const subject = { ...about, original: made.definitions, definitions: () => (definitions ??= read()) };
  return runChecks(subject.name, subject, all);
}
