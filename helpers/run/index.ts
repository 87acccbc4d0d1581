export { requestService } from './client.ts';
export { rootCandidates, RunFolder } from './folder.ts';
export { RunHost, type Service, type StartService } from './host.ts';
export { isRunning, sweepRuns } from './sweep.ts';
