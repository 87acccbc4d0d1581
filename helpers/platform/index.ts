export { buildPlatform } from './build.ts';
export { openPlatform, type OpenPlatform } from './open.ts';
export { type Account } from './platform.ts';
export { type ProcessName, processNames, type SessionProcessName } from './processes.ts';
export { openSessionPlatform, type OpenSessionPlatform } from './sessions/open.ts';
export { type CloudUsage, usageOf } from './sessions/usage.ts';
