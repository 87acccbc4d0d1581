export { buildPlatform } from './build.ts';
export { openPlatform, type OpenPlatform } from './open.ts';
export { type Account } from './platform.ts';
export { type ProcessName, processNames } from './processes.ts';
