import { statfsSync } from 'node:fs';
import type { FullConfig } from '@playwright/test/reporter';
import { expect, test } from '@playwright/test';
import { withEnvironment } from '../../../helpers/testing/environment.ts';
import { ShardWatch } from './shard.ts';

test('the run is known after its teardown has forgotten it, and so is its disk', async () => {
  const asked: (string | undefined)[] = [];
  const watch = new ShardWatch((run) => {
    asked.push(run);
    return '/';
  });
  withEnvironment({ PROVING_GROUND_RUN: '/data/proving-ground-00c0ffee' }, () => watch.begin());

  const config = { shard: null, workers: 1 } as unknown as FullConfig;
  const { run, resources } = await watch.end(config, { attempts: new Map(), rest: [] });
  expect(run, 'by which what it leaves behind is found').toBe('00c0ffee');
  expect(asked.at(-1)).toBe('/data/proving-ground-00c0ffee');
  const { blocks, bsize } = statfsSync('/');
  expect(resources.at(-1)?.diskTotal).toBe(blocks * bsize);
});
