export { toAttempt } from './attempt.ts';
export { standing } from './merged-tests.ts';
export { mergeRunners, missingShards } from './merged-runners.ts';
export { type ShardFile, readShardFiles, shardFileName, writeShardFile } from './shard-file.ts';
export { dataFolder } from './data-folder.ts';
export { type CollectParts, recordMerged, recordRun } from './record.ts';
export { createRunner, noteRunner, type Runner } from './runner.ts';
export { ShardWatch } from './shard.ts';
export { type PlannedTest, plannedTests } from './whole-run.ts';
