export { toAttempt } from './attempt.ts';
export { type Companion, type Companions, readCompanions, writeCompanion } from './companion.ts';
export { type CollectParts, recordMerged, recordRun, type Told } from './record.ts';
export { ShardWatch } from './shard.ts';
