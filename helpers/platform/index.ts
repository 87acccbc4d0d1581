export { buildPlatform } from './bundle.ts';
export { openDeployments, type OpenDeployments } from './deployments/open.ts';
export { providerProgram } from './deployments/providers/index.ts';
export { openPlatform, type OpenPlatform } from './experiments/open.ts';
export { type Account } from './experiments/platform.ts';
export { type ProcessName } from './experiments/processes.ts';
export { type SessionProcessName } from './sessions/processes.ts';
export { openSessionPlatform, type OpenSessionPlatform } from './sessions/open.ts';
export { usageOf } from './sessions/usage.ts';
