export { type Companion, type Companions, readCompanions, writeCompanion } from './companion.ts';
export { recordMerged, recordRun, type Told } from './record.ts';
export { ShardWatch } from './shard.ts';
