export { requestService } from './client.ts';
export { RunFolder } from './folder.ts';
export { RunHost, type Service, type StartService } from './host.ts';
export { type ContainerOwnership, containerOwnership, labelsOf, runLabel } from './labels.ts';
export { containerWatch, engineLost, throwLost, type Watched } from './loss.ts';
export { type RunParts, runParts } from './parts.ts';
export { rootCandidates, roomForLog, roomIn, roomNeeded } from './place.ts';
export { isRunning, sweeping, sweepRuns } from './sweep.ts';
