export { type CloudClock, MovableClock, realClock } from './clock.ts';
export {
  type CloudOptions,
  type Credentials,
  type LocalCloud,
  startCloud,
  type TaskBill,
  type TaskInside,
} from './cloud.ts';
export { runInSession, type SessionResult } from './exec/index.ts';
export type { CloudParts } from './parts.ts';
export { dockerRunner } from './tasks/docker.ts';
export type { Images, Program } from './tasks/images.ts';
export { processRunner } from './tasks/processes.ts';
export type { TaskRunner } from './tasks/runner.ts';
