import type { Configuration } from '../../run/configuration/index.ts';
import type { Report } from './report.ts';

/** Measures one area. Leaves nothing behind, even after a failure. */
export type Bench = (configuration: Configuration, report: Report) => Promise<void>;
