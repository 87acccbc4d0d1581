import { mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../lib/cache.ts';
import { expect, test } from '../../testing/index.ts';
import { buildPlatform } from './build.ts';

test('a bundle is built once and removed after a day without runs', async ({}, testInfo) => {
  const shared = testInfo.outputPath('cache');
  const cache = cacheFolder(shared, 'the platform'); // this user's
  const made = (name: string, hours: number): void => {
    const time = new Date(Date.now() - hours * 3_600_000);
    mkdirSync(path.join(cache, name), { recursive: true });
    utimesSync(path.join(cache, name), time, time);
  };
  made('platform-of-yesterday', 25);
  made('platform-of-today', 23);
  made('of-somebody-else', 25);

  const bundle = (await buildPlatform({ cache: shared })).connection as string;
  expect(readdirSync(cache).toSorted()).toEqual(
    ['of-somebody-else', 'platform-of-today', path.basename(bundle)].toSorted(),
  );

  made(path.basename(bundle), 25);
  await buildPlatform({ cache: shared });
  expect(Date.now() - statSync(bundle).mtimeMs, 'milliseconds since a run has begun with it').toBeLessThan(3_600_000);
});
