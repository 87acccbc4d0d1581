export type { Kind } from './kinds.ts';
export { ProcessSampler } from './sampler.ts';
