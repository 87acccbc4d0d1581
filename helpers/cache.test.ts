import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareOnce, publish } from './cache.ts';
import { expect, test } from './testing/index.ts';

test('a folder is prepared once, and a draft that nobody works on any more goes', ({ root }) => {
  const cache = path.join(root.path, 'cache');
  const prepare = (): string => prepareOnce(path.join(cache, 'data-18.4'), (draft) => writeFileSync(path.join(draft, 'file'), ''));
  expect(prepare()).toBe(path.join(cache, 'data-18.4'));
  const others = ['data-18.4-beta.1', 'data-18.4-young1', 'data-18.5-Ab3dEf', 'data-18.4-old123'];
  for (const name of others) mkdirSync(path.join(cache, name));
  for (const name of others.filter((other) => !other.includes('young'))) utimesSync(path.join(cache, name), 0, 0);

  expect(prepare()).toBe(path.join(cache, 'data-18.4'));
  expect(readdirSync(cache).toSorted()).toEqual(['data-18.4', 'data-18.4-beta.1', 'data-18.4-young1', 'data-18.5-Ab3dEf']);
});

test('what could not be prepared leaves nothing', ({ root }) => {
  const prepare = (): string => prepareOnce(path.join(root.path, 'data'), (draft) => {
    writeFileSync(path.join(draft, 'file'), '');
    throw new Error('The disk is full.');
  });
  expect(prepare).toThrow('The disk is full.');
  expect(root.leftovers()).toEqual([]);
});

test('of two that prepare at the same time, one is used and the other goes', ({ root }) => {
  const [early, late, destination] = ['early', 'late', 'destination'].map((name) => path.join(root.path, name)) as [string, string, string];
  for (const draft of [early, late]) {
    mkdirSync(draft);
    writeFileSync(path.join(draft, path.basename(draft)), '');
  }
  expect(publish(early, destination)).toBe(destination);
  expect(publish(late, destination)).toBe(destination);
  expect(readdirSync(root.path, { recursive: true })).toEqual(['destination', path.join('destination', 'early')]);
});
