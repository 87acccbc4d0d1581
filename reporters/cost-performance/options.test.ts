import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { withEnvironment } from '../../helpers/testing/environment.ts';
import { listPrices } from './cost/index.ts';
import { readOptions } from './options.ts';

const inProject = (file: string): string => `/project/${file}`;

test("the defaults of the reporter's options are those of the README", () => {
  expect(readOptions({ machine: 'notional' }, inProject)).toEqual({
    history: '/project/.proving-ground/history.jsonl',
    title: undefined,
    merge: undefined,
    machine: 'notional',
    prices: listPrices,
    budget: {},
    gates: { successRate: 0.95, duration: 2, cost: true, regressions: true, leftBehind: true },
    regressions: expect.objectContaining({ smallestEffect: 1.25, alpha: 0.01, minimumRuns: 5, minimumSamples: 5 }),
    problems: [],
  });
});

test('the machine is billed where CI is set, unless an option says otherwise', () => {
  const machines = () =>
    [{}, { machine: 'spent' }, { machine: 'notional' }].map((given) => readOptions(given, inProject).machine);
  expect(withEnvironment({ CI: 'true' }, machines)).toEqual(['spent', 'spent', 'notional']);
  for (const CI of ['', undefined])
    expect(withEnvironment({ CI }, machines)).toEqual(['notional', 'spent', 'notional']);
});

test('files are found from the folder of the configuration, and no history is none', () => {
  expect(readOptions({ history: 'runs.jsonl', merge: 'blobs', title: 'main' }, inProject)).toMatchObject({
    history: '/project/runs.jsonl',
    merge: '/project/blobs',
    title: 'main',
  });
  expect(readOptions({ history: false }, inProject).history).toBe(false);
});

test('prices, budget, gates and regressions are set', ({}, testInfo) => {
  const prices = { date: '2026-11-01', source: 'our contract', sqs: 0.3 };
  const given = { prices, budget: { run: 0.5 }, gates: { cost: false }, regressions: { smallestEffect: 1.5 } };
  const read = readOptions(given, inProject);
  expect(read).toMatchObject({ budget: { run: 0.5 }, gates: { cost: false, duration: 2 }, problems: [] });
  expect([read.prices.items.sqs.usd, read.regressions.smallestEffect]).toEqual([0.3, 1.5]);
  const file = testInfo.outputPath('prices.json');
  writeFileSync(file, JSON.stringify(prices));
  expect(readOptions({ prices: 'prices.json' }, () => file).prices).toEqual(read.prices);
});

const where = 'Options of the cost and performance reporter';
const mistakes: readonly (readonly [title: string, given: Readonly<Record<string, unknown>>, sentence: string])[] = [
  [
    'a negative price',
    { prices: { date: '2026-11-01', sqs: -1 } },
    'Prices: "sqs" is -1, and must be US dollars, 0 or more.',
  ],
  ['an unknown field of the budget', { budget: { day: 5 } }, 'Budget: "day" is not known; known are run.'],
  [
    'an unknown option',
    { histroy: 'x' },
    `${where}: "histroy" is not known; known are history, prices, budget, gates, regressions, machine, title, merge.`,
  ],
  ['a history that is no file', { history: true }, `${where}: "history" is true, and must be a file or false.`],
  ['prices that are a number', { prices: 3 }, `${where}: "prices" is 3, and must be a file or an object.`],
  ['an unknown kind of machine', { machine: 'free' }, `${where}: "machine" is 'free', and must be spent or notional.`],
  ['a title that is a number', { title: 7 }, `${where}: "title" is 7, and must be a text.`],
  ['a merge of no folder', { merge: { in: { a: 1 } } }, `${where}: "merge" is { in: [Object] }, and must be a folder.`],
  [
    'an unknown effect of an outcome',
    { regressions: { smallestEffect: 1 } },
    'Regressions: "smallestEffect" is 1, and must be a factor over 1.',
  ],
  ...(
    [
      ['successRate', 95, 'a share from 0 to 1, or false'],
      ['successRate', -1, 'a share from 0 to 1, or false'],
      ['duration', 0, 'a factor over 0, or false'],
      ['cost', 1, 'true or false'],
      ['regressions', 1, 'true or false'],
      ['leftBehind', 1, 'true or false'],
    ] as const
  ).map(
    ([gate, value, must]) =>
      [
        `${gate} as a gate of ${value}`,
        { gates: { [gate]: value } },
        `Gates: "${gate}" is ${value}, and must be ${must}.`,
      ] as const,
  ),
];

for (const [title, given, sentence] of mistakes)
  test(`${title} is a mistake in the options, and the default is used`, () => {
    const { problems, ...read } = readOptions(given, inProject);
    expect(problems).toEqual([sentence]);
    expect(read).toEqual({ ...readOptions({}, inProject), problems: undefined });
  });
