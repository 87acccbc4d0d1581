import { expect, test } from '@playwright/test';
import { findStore, type OpenStore, orchestrationParts, type OrchestrationStore } from '../index.ts';
import { findCounterexample } from './index.ts';

const options = { runs: 200, seed: 1, timeLimit: 20_000, shrinkTime: 20_000 };

async function open(): Promise<OpenStore> {
  const memory = await findStore('memory', orchestrationParts);
  return memory.open({ postgres: () => Promise.reject(new Error('needs no PostgreSQL')), folder: '' });
}

/** A store that forgets that work is done. */
function forgetful(store: OrchestrationStore): OrchestrationStore {
  return new Proxy(store, {
    get(target, key) {
      if (key === 'ackWorkItem') return async () => {};
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

test('a broken promise is shrunk to a few steps, and its path replays them', async () => {
  const found = await findCounterexample(open, forgetful, options);
  expect(found?.steps.length).toBeLessThanOrEqual(6);
  const [, path] = /^1:(.+)$/.exec(found!.replay)!;
  const again = await findCounterexample(open, forgetful, { ...options, path: path! });
  expect(again?.steps).toEqual(found!.steps);
  expect(again?.promise).toBe(found!.promise);
});

test('a search that runs out of time says so, and finds nothing', async () => {
  await expect(findCounterexample(open, (store) => store, { ...options, runs: 10_000, timeLimit: 5 })).rejects.toThrow(
    /^Only \d+ of 10000 histories were played in 0.005 s: set ORCHESTRATION_HISTORIES to fewer/,
  );
});
