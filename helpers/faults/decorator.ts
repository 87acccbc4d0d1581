import type { Decorate } from '../platform/kernel/process.ts';
import type { Area } from './fault.ts';
import { withFault } from './inject.ts';

/** What the bundle of the platforms names as its decorator, so that faults can be switched on by their names. */
export const decorate: Decorate = (area, parts, decoration) => withFault(area as Area, parts, decoration);
