import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../testing/index.ts';
import { labelsOf, RunFolder, RunHost } from './index.ts';

const name = (label: string): string => `proving-ground.${label}`;

test.describe('a container', () => {
  test("a container is left over when its run is dead, with or without the run's folder", async ({
    root,
    runParts: { containers },
  }) => {
    const host = await RunHost.open({}, root.path);
    const labels = labelsOf(host.folder);
    expect(await containers.isLeftOver(labels)).toBe(false);
    await host[Symbol.asyncDispose]();
    expect(await containers.isLeftOver(labels)).toBe(true);
    expect(await containers.isLeftOver(labelsOf(RunFolder.create(root.path)))).toBe(true);
  });

  test("a container from before the machine's last start is left over", async ({ root, runParts: { containers } }) => {
    const labels = { ...labelsOf(RunFolder.create(root.path)), [name('boot')]: 'earlier', [name('place')]: '1:1' };
    expect(await containers.isLeftOver(labels)).toBe(true);
  });

  test('a container of another host, user or file system is left alone', async ({ root, runParts: { containers } }) => {
    const labels = labelsOf(RunFolder.create(root.path));
    for (const label of ['host', 'user', 'place'])
      expect(await containers.isLeftOver({ ...labels, [name(label)]: '1' }), label).toBe(false);
    for (const boot of ['earlier', labels[name('boot')]!])
      expect(await containers.isLeftOver({ ...labels, [name('host')]: 'another', [name('boot')]: boot })).toBe(false);
  });

  test("a container is left alone when its run's parent folder is gone or another one", async ({
    root,
    runParts: { containers },
  }) => {
    const place = path.join(root.path, 'place');
    mkdirSync(place);
    const labels = labelsOf(RunFolder.create(place));
    renameSync(place, path.join(root.path, 'elsewhere'));
    expect(await containers.isLeftOver(labels)).toBe(false);
    mkdirSync(place);
    expect(await containers.isLeftOver(labels)).toBe(false);
  });

  test('a container with an incomplete set of labels is left alone', async ({ root, runParts: { containers } }) => {
    const labels = labelsOf(RunFolder.create(root.path));
    expect(await containers.isLeftOver({})).toBe(false);
    expect(await containers.isLeftOver({ [name('run')]: '/dev/shm/proving-ground-deadbeef' })).toBe(false);
    for (const missing of Object.keys(labels))
      expect(
        await containers.isLeftOver(Object.fromEntries(Object.entries(labels).filter(([label]) => label !== missing))),
        missing,
      ).toBe(false);
    for (const run of [root.path, 'proving-ground-deadbeef', ''])
      expect(await containers.isLeftOver({ ...labels, [name('run')]: run }), run).toBe(false);
  });
});
