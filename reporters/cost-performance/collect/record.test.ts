import { attemptKey } from '../../../helpers/run/measurements/index.ts';
import { expect, sampleShard, test } from '../../../helpers/testing/cost-performance/composed-report.ts';
import { samplePlaywrightRun } from '../../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { took } from '../../../helpers/testing/cost-performance/sample-run.ts';
import { recordMerged, recordRun } from './record.ts';

const paid = { id: 'pays', outcome: 'flaky', attempts: [{ status: 'failed' }, { status: 'passed' }] } as const;
const metadata = { gitCommit: { hash: 'abc' } };

test('a run is recorded with its shard, its commit, and what its attempts could not attach', ({ parts }) => {
  const { config, ...run } = samplePlaywrightRun([paid]);
  const shard = sampleShard({ index: 2, startedAt: 5, durationMs: 70, problems: ['no disk'] });
  const unsettled = [took('shop.pay', 9)];
  const ledger = { attempts: new Map([[attemptKey({ id: 'pays', retry: 1 }), unsettled]]), rest: [] };
  const record = recordRun({ ...run, errors: ['no server'], config: { ...config, metadata } }, shard, ledger, parts);
  expect(record).toMatchObject({
    status: 'passed',
    errors: ['no server'],
    commit: 'abc',
    startedAt: 5,
    durationMs: 70,
    shards: [shard],
    missingShards: [],
    missing: ['no disk'],
    tests: [
      {
        id: 'pays',
        attempts: [
          { shard: 2, isRepeated: true, measurements: [] },
          { shard: 2, isRepeated: false, measurements: unsettled },
        ],
      },
    ],
  });
  expect(recordRun({ ...run, config }, shard, ledger, parts).commit).toBeUndefined();
});

test('a merge of blobs without this reporter has the times of Playwright, and names what it lacks', ({ parts }) => {
  const { result, ...run } = samplePlaywrightRun([paid]);
  const told = { ...run, result: { ...result, startTime: new Date(7), duration: 9 } };
  expect(recordMerged(told, { shardFiles: [], complaints: ['a file is damaged'] }, parts)).toMatchObject({
    startedAt: 7,
    durationMs: 9,
    shards: [],
    missingShards: [],
    missing: [
      'a file is damaged',
      'What is outside of tests is not known of a blob that was made without this reporter.',
    ],
    tests: [{ id: 'pays', attempts: [{ shard: 0 }, { shard: 0 }] }],
  });
});
