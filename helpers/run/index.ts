export { requestService } from './client.ts';
export { RunFolder } from './folder.ts';
export { RunHost, type Service, type StartService } from './host.ts';
export { rootCandidates, roomIn, roomNeeded } from './place.ts';
export { isRunning, sweepRuns } from './sweep.ts';
