export { toAttempt } from './attempt.ts';
export { type ShardFile, type ShardFiles, readShardFiles, writeShardFile } from './shard-file.ts';
export { type CollectParts, recordMerged, recordRun, type PlaywrightRun } from './record.ts';
export { ShardWatch } from './shard.ts';
