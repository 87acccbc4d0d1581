export { MovableClock } from './clock.ts';
export { type CloudOptions, type LocalCloud, startCloud, type TaskBill } from './cloud.ts';
export { runInSession } from './exec/index.ts';
export type { CloudParts } from './parts.ts';
export { dockerRunner } from './tasks/docker.ts';
export { processRunner } from './tasks/processes.ts';
export type { TaskRunner } from './tasks/runner.ts';
