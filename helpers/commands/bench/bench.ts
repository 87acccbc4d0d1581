import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { Configuration } from '../../run/configuration/index.ts';
import type { Report } from './report.ts';

/** Measures one area. Leaves nothing behind, even after a failure. */
export type Bench = (configuration: Configuration, report: Report) => Promise<void>;

/** @throws EnvironmentUnavailable where what is measured is not the bench's own. */
export function checkLocal({ target }: Configuration, what: 'server' | 'platform'): void {
  if (target === 'local') return;
  throw new EnvironmentUnavailable(
    `The bench measures a ${what} that it has for itself: run it with TARGET=local, not ${target}.`,
  );
}
