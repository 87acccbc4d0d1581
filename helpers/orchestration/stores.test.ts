import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type InnerResult, test } from '../testing/index.ts';
import { defects } from './duroxide/defects.ts';

const folder = import.meta.dirname;
const memory = readFileSync(path.join(folder, 'memory.ts'), 'utf8');

/** The store in memory, as a module that a user has somewhere else. */
const ownStore = memory
  .replace('export const memory', 'export const store')
  .replaceAll(/(?<=from ')\.[^']*/g, (module) => path.resolve(folder, module));

/** A configuration with the suite on each of these modules, which stand beside it; `greps` chooses its tests. */
const suiteOn = (greps: Readonly<Record<string, string>>): string => `
  import base from ${JSON.stringify(path.resolve(folder, '../../playwright.config.ts'))};
  const root = ${JSON.stringify(path.resolve(folder, '../..'))};
  export default {
    ...base,
    globalSetup: root + '/fixtures/global-setup.ts',
    captureGitInfo: {},
    workers: 2,
    outputDir: 'results',
    grepInvert: /@long|histories/,
    reporter: [['list'], ['json', { outputFile: 'report.json' }]],
    projects: Object.entries(${JSON.stringify(greps)}).map(([name, grep]) => ({
      name,
      testDir: root + '/specs/orchestration',
      testIgnore: '**/kills.spec.ts',
      grep: new RegExp(grep),
      use: { orchestrationStore: import.meta.dirname + '/' + name + '.ts' },
    })),
  };`;

/** Lines of a store, each with what breaks it, and the beginning of a test that refutes it. */
const breaks: readonly (readonly [line: string, broken: string, refutedBy: string])[] = [
  ['const isFree = (this.locks.get(instance)?.until ?? 0) <= now;', 'const isFree = true;', '1.1 a locked'],
  ['lock.token === token && lock.until > this.now()', 'lock.token === token', '3.5 an ack'],
  ['one.token === token && one.lockedUntil! > this.now()', 'one.token === token', 'an expired work item is refused'],
  ['this.messages = this.messages.filter((message) => message.token !== token);', '', 'an instance that nothing was'],
  ["(known !== undefined || kind === 'start')", 'true', 'a message before the start'],
  ['changed.current = Math.max(changed.current, execution);', 'changed.current = execution;', 'an ack of an older'],
  ['if (completion !== undefined) this.addMessage(completion);', '', '5.3 an ack'],
  ['ignoreAttempt ? Math.max(0, row.attempts - 1) : row.attempts;', 'row.attempts;', 'an attempt that is abandoned'],
  ['this.locks.delete(instance);\n  }\n\n  async abandon', '}\n\n  async abandon', '1.7 an ack'],
  ['if (seen.has(id)) throw', 'if (false) throw', '3.2 an event'],
];

test(
  'a store of its own in one file passes, and is refuted when one of its lines is broken',
  { tag: '@long' },
  async ({ runInlineTest }) => {
    test.setTimeout(300_000);
    for (const [line] of breaks) expect(ownStore.split(line), line).toHaveLength(2);
    const broken = breaks.map(
      ([line, instead], index) => [`broken-${index + 1}.ts`, ownStore.replace(line, instead)] as const,
    );
    const greps = Object.fromEntries(breaks.map(([, , refutedBy], index) => [`broken-${index + 1}`, refutedBy]));
    const { tests } = await runInlineTest({
      ...Object.fromEntries(broken),
      'whole.ts': ownStore,
      'playwright.config.ts': suiteOn({ whole: '', ...greps }),
    });
    const of = (name: string) => tests.filter(({ project }) => project === name);
    expect(of('whole').length).toBeGreaterThan(100);
    expect(of('whole').filter(({ status }) => status !== 'passed')).toEqual([]);
    for (const name of Object.keys(greps))
      expect(
        of(name).map(({ status }) => status),
        name,
      ).toEqual(['failed']);
  },
);

const rest = 'connect: async () => ({}), advance: async () => {}, damage: async () => {}, close: async () => {}';

for (const [what, module, sentence] of [
  ['does not exist', undefined, 'ORCHESTRATION_STORE names mine.ts, which does not exist.'],
  ['exports nothing', '', 'mine.ts of ORCHESTRATION_STORE has to export a store with a name and open().'],
  ['cannot be loaded', 'throw new Error("no engine")', 'mine.ts of ORCHESTRATION_STORE cannot be loaded: no engine.'],
  [
    'throws in open',
    'export const store = { name: "mine", open() { throw new Error("no disk"); } }',
    'The store mine failed in open(): no disk.',
  ],
  [
    'hangs in open',
    'export const store = { name: "mine", open: () => new Promise(() => {}) }',
    'The store mine failed in open(): it took longer than 15 s.',
  ],
  [
    'opens nothing',
    'export const store = { name: "mine", open: async () => {} }',
    'The store mine does not keep the contract of helpers/orchestration/store.ts: its open store has no connect().',
  ],
  [
    'lacks an operation',
    `export const store = { name: "mine", open: async () => ({ ${rest} }) }`,
    'The store mine does not keep the contract of helpers/orchestration/store.ts: its clients have no fetchOrchestrationItem().',
  ],
] as const) {
  test(`a store that ${what} is one sentence, and leaves nothing`, async ({ runInlineTest, root }) => {
    const result: InnerResult = await runInlineTest(
      {
        'a.spec.ts': "import { test } from '@playwright/test'; test('never runs', () => {});",
        ...(module === undefined ? {} : { 'mine.ts': module }),
      },
      { env: { ORCHESTRATION_STORE: './mine.ts' } },
    );
    expect(result.errors).toEqual([`Environment unavailable: ${sentence}`]);
    expect(result.tests).toEqual([]);
    expect(result.exitCode).toBe(1);
    expect(await root.leftoversAfter(5_000)).toEqual([]);
  });
}

test('every known defect of duroxide names a test of the suite', () => {
  const specs = path.resolve(folder, '../../specs/orchestration');
  const text = readdirSync(specs)
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => readFileSync(path.join(specs, name), 'utf8'))
    .join('\n');
  const unknown = Object.keys(defects).filter(
    (title) => !text.includes(title.replace('with empty history', '${what}')),
  );
  expect(unknown).toEqual([]);
});
