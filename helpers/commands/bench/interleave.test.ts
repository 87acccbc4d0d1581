import { expect, test } from '@playwright/test';
import { interleave, type Lane, type Technique } from './interleave.ts';

function technique(name: string, log: string[], lanes = 1): Technique {
  const lane: Lane = {
    prepare: async () => void log.push(`${name} prepare`),
    run: async () => void log.push(`${name} run`),
    tidy: async () => void log.push(`${name} tidy`),
  };
  return { name, lanes: Array.from({ length: lanes }, () => lane) };
}

test('techniques take turns within each round', async () => {
  const log: string[] = [];
  await interleave([technique('A', log), technique('B', log)], { warmUp: 0, rounds: 2 });
  const turn = (name: string): string[] => [`${name} prepare`, `${name} run`, `${name} tidy`];
  expect(log).toEqual([...turn('A'), ...turn('B'), ...turn('A'), ...turn('B')]);
});

test('warm-up rounds run and do not count', async () => {
  const log: string[] = [];
  const series = await interleave([technique('A', log)], { warmUp: 2, rounds: 3 });
  expect(log.filter((line) => line === 'A run')).toHaveLength(5);
  expect(series.get('A')?.each).toHaveLength(3);
});

test('lanes run at the same time and count each', async () => {
  let running = 0;
  let most = 0;
  const lane: Lane = {
    async run() {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    },
  };
  const series = await interleave([{ name: 'A', lanes: [lane, lane, lane] }], { warmUp: 0, rounds: 2 });
  expect(most).toBe(3);
  expect(series.get('A')?.each).toHaveLength(6);
  expect(series.get('A')?.rounds).toHaveLength(2);
});

test('a failing technique ends the bench', async () => {
  const lane: Lane = {
    run: async () => {
      throw new Error('no such table');
    },
  };
  await expect(interleave([{ name: 'A', lanes: [lane] }], { warmUp: 0, rounds: 1 })).rejects.toThrow('no such table');
});
