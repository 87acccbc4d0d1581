import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder, prepareOnce, publish, removeOld } from './cache.ts';
import type { RunParts } from '../run/index.ts';
import { expect, test } from '../testing/index.ts';

test('a folder is prepared once, and abandoned drafts are removed', ({ root }) => {
  const cache = path.join(root.path, 'cache');
  const prepare = (): string =>
    prepareOnce(path.join(cache, 'data-18.4'), (draft) => writeFileSync(path.join(draft, 'file'), ''));
  expect(prepare()).toBe(path.join(cache, 'data-18.4'));
  const others = ['data-18.4-beta.1', 'data-18.4-young1', 'data-18.5-Ab3dEf', 'data-18.4-old123'];
  for (const name of others) mkdirSync(path.join(cache, name));
  for (const name of others.filter((other) => !other.includes('young'))) utimesSync(path.join(cache, name), 0, 0);

  expect(prepare()).toBe(path.join(cache, 'data-18.4'));
  expect(readdirSync(cache).toSorted()).toEqual([
    'data-18.4',
    'data-18.4-beta.1',
    'data-18.4-young1',
    'data-18.5-Ab3dEf',
  ]);
});

test('a failed preparation leaves nothing behind', ({ root }) => {
  const prepare = (): string =>
    prepareOnce(path.join(root.path, 'data'), (draft) => {
      writeFileSync(path.join(draft, 'file'), '');
      throw new Error('The disk is full.');
    });
  expect(prepare).toThrow('The disk is full.');
  expect(root.leftovers()).toEqual([]);
});

test('of two parallel preparations one is used and the other removed', ({ root }) => {
  const [early, late, destination] = ['early', 'late', 'destination'].map((name) => path.join(root.path, name)) as [
    string,
    string,
    string,
  ];
  for (const draft of [early, late]) {
    mkdirSync(draft);
    writeFileSync(path.join(draft, path.basename(draft)), '');
  }
  expect(publish(early, destination)).toBe(destination);
  expect(publish(late, destination)).toBe(destination);
  expect(readdirSync(root.path, { recursive: true })).toEqual(['destination', path.join('destination', 'early')]);
});

test.describe('a cache that users share', () => {
  const ours = `user-${process.getuid?.() ?? ''}`;
  const folder = (shared: string, { folders }: RunParts): string => cacheFolder(shared, 'a test', undefined, folders);

  test('a shared cache has a folder for each user, writable by its owner alone', ({ root, runParts }) => {
    for (const mask of [0o077, 0o000]) {
      const before = process.umask(mask);
      try {
        const shared = path.join(root.path, mask.toString(8), 'cache');
        const own = folder(shared, runParts);
        expect(own).toBe(path.join(shared, ours));
        const prepared = prepareOnce(path.join(own, 'data'), (draft) => {
          mkdirSync(path.join(draft, 'folder'));
          writeFileSync(path.join(draft, 'folder', 'program'), '');
        });
        for (const one of [path.dirname(shared), shared, own, path.join(prepared, 'folder')])
          expect(statSync(one).mode & 0o777, one).toBe(0o755);
        expect(statSync(path.join(prepared, 'folder', 'program')).mode & 0o777).toBe(0o644);
        expect(folder(shared, runParts), 'the second time').toBe(own);
      } finally {
        process.umask(before);
      }
    }
  });

  test("a cache that another user could have written to is replaced by the user's own", ({ root, runParts }) => {
    using home = temporaryHome(path.join(root.path, 'home'));
    const planted = path.join(root.path, 'planted');
    mkdirSync(planted);
    const traps: Readonly<Record<string, (place: string) => void>> = {
      link: (place) => symlinkSync(planted, place),
      'a link that leads nowhere': (place) => symlinkSync('/nowhere', place),
      file: (place) => writeFileSync(place, ''),
      'open to all': (place) => {
        mkdirSync(place);
        chmodSync(place, 0o777);
      },
      'open to a group': (place) => {
        mkdirSync(place);
        chmodSync(place, 0o775);
      },
      ...(process.getuid?.() === 0
        ? {
            "another user's": (place: string) => {
              mkdirSync(place);
              chownSync(place, 65534, 65534);
            },
          }
        : {}),
    };
    for (const [name, set] of Object.entries(traps)) {
      const shared = path.join(root.path, name);
      mkdirSync(shared);
      set(path.join(shared, ours));
      expect(folder(shared, runParts), name).toBe(path.join(home.cache, ours));
    }
    expect(readdirSync(planted)).toEqual([]);
  });

  test("a cache that this user cannot enter is replaced by the user's own", ({ root, runParts }) => {
    using home = temporaryHome(path.join(root.path, 'home'));
    const closed = path.join(root.path, 'closed');
    mkdirSync(closed, { mode: 0o500 });
    const shared = process.getuid?.() === 0 ? '/sys/nowhere' : closed; // where even root cannot create a folder
    expect(folder(shared, runParts)).toBe(path.join(home.cache, ours));
  });

  test('old entries are removed from a cache, links without their targets', ({ root }) => {
    const [shared, planted] = ['shared', 'planted'].map((name) => path.join(root.path, name)) as [string, string];
    for (const one of [shared, planted]) mkdirSync(one);
    symlinkSync(planted, path.join(shared, 'old'));
    utimesSync(planted, 0, 0);
    removeOld(shared, () => true, 3_600_000);
    expect(readdirSync(shared), 'the link itself is young').toEqual(['old']);
    expect(readdirSync(root.path).toSorted()).toEqual(['planted', 'shared']);
  });
});

/** Makes this folder the user's cache folder. */
function temporaryHome(folder: string): Disposable & { readonly cache: string } {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = folder;
  return {
    cache: path.join(folder, 'proving-ground'),
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = before;
    },
  };
}
