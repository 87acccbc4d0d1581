import type { Configuration } from '../configuration/index.ts';
import type { Report } from './report.ts';

/** Measures one area. Leaves nothing behind, whatever happens. */
export type Bench = (configuration: Configuration, report: Report) => Promise<void>;
