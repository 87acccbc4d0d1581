export { type CloudClock, MovableClock, realClock } from './clock.ts';
export { type CloudOptions, type Credentials, type LocalCloud, startCloud, type TaskBill, type TaskInside } from './cloud.ts';
export { runInSession, type SessionResult } from './exec/index.ts';
export type { CloudParts } from './parts.ts';
export type { Images, Program } from './tasks/images.ts';
