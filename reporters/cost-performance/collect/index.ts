export { toAttempt } from './attempt.ts';
export { type ShardFile, readShardFiles, writeShardFile } from './shard-file.ts';
export { type CollectParts, recordMerged, recordRun } from './record.ts';
export { ShardWatch } from './shard.ts';
