import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base } from '@playwright/test';
import { isAlive } from '../../run/processes/index.ts';
import { waitFor } from '../../lib/wait.ts';

const command = fileURLToPath(new URL('main.ts', import.meta.url));
const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const mergedReporter = path.join(checkout, 'reporters/balanced-shards/merged.ts');

/** A project whose merge prints how many tests it has, and which files lay beside the blobs. */
const files = {
  'playwright.config.ts': `export default {
    fullyParallel: true, workers: 1, outputDir: 'results', reporter: [['./beside.ts'], ['line'], ['blob']],
  };`,
  'merge.config.ts': `export default { reporter: [[${JSON.stringify(mergedReporter)}], ['./told.ts']] };`,
  'beside.ts': `import { writeFileSync } from 'node:fs';
    export default class {
      onConfigure() {}
      onBegin(config) { this.shard = config.shard.current; }
      onExit() { writeFileSync(process.env.PLAYWRIGHT_BLOB_OUTPUT_FILE.replace('.zip', '.companion.json'), '{}'); }
    }`,
  'told.ts': `export default class {
      onBegin(config, suite) { this.suite = suite; }
      onEnd({ status }) { console.log('merged=' + this.suite.allTests().length + ' ' + status); }
    }`,
  'some.spec.ts': `import { writeFileSync } from 'node:fs';
    import { expect, test } from '@playwright/test';
    for (let i = 1; i <= 4; i++) test('test ' + i, () => { expect(String(i)).not.toBe(process.env.FAILS); });
    if (process.env.HANGS) for (const i of [5, 6]) test('test ' + i, async () => {
      writeFileSync('process-' + i, String(process.pid));
      await new Promise(() => {});
    });`,
};

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

const test = base.extend<{
  folder: string;
  shards: (args: readonly string[], env?: Readonly<Record<string, string>>) => Run;
}>({
  folder: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('project');
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    await use(folder);
  },
  shards: async ({ folder }, use, testInfo) => {
    testInfo.setTimeout(300_000); // some ten seconds on an idle machine
    await use((args, env = {}) => {
      const child = spawn(process.execPath, ['--import', 'tsx', command, ...args], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, CI: '', FORCE_COLOR: '0', ...env },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      return {
        child,
        output: () => output,
        ended: new Promise((resolve) => {
          child.once('close', resolve);
        }),
      };
    });
  },
});

test('all shards run, and their reports are merged', async ({ shards, folder }) => {
  const run = shards(['2']);
  expect(await run.ended, run.output()).toBe(0);
  expect(run.output()).toContain('merged=4 passed\n');
  expect(run.output()).toMatch(
    /shard 1 +[\d.]+ s {2}passed\nshard 2 +[\d.]+ s {2}passed\nThe slowest took \d+ % longer than the fastest\.\n$/,
  );
  expect(readdirSync(path.join(folder, 'blob-report'))).toEqual(
    expect.arrayContaining(['report-1.companion.json', 'report-1.zip', 'report-2.companion.json', 'report-2.zip']),
  );
});

test('a failing shard fails the command and is in the merged report, in parallel too', async ({ shards }) => {
  const run = shards(['2', '--parallel'], { FAILS: '1' });
  expect(await run.ended, run.output()).toBe(1);
  expect(run.output()).toContain('merged=4 failed\n');
  expect(run.output()).toMatch(/shard 1 +[\d.]+ s {2}failed\nshard 2 +[\d.]+ s {2}passed\n/);
});

for (const [name, args, running] of [
  ['one after the other', [], ['process-5']],
  ['at once', ['--parallel'], ['process-5', 'process-6']],
] as const) {
  test(`Ctrl-C ends all shards and leaves nothing, ${name}`, async ({ shards, folder }) => {
    const run = shards(['2', ...args, '--grep=test [56]'], { HANGS: 'yes' });
    const pids = (): number[] =>
      running.flatMap((file) =>
        existsSync(path.join(folder, file)) ? [Number(readFileSync(path.join(folder, file), 'utf8'))] : [],
      );
    await waitFor(() => pids().length === running.length && !pids().includes(0), 280_000, 20);
    process.kill(-run.child.pid!, 'SIGINT');
    expect(await run.ended, run.output()).toBe(130);
    expect(run.output()).not.toContain('merged=');
    expect(existsSync(path.join(folder, 'blob-report'))).toBe(false);
    expect(pids().map(isAlive)).toEqual(running.map(() => false));
  });
}

test('bad arguments are reported in one sentence', async ({ shards }) => {
  const run = shards(['three']);
  expect(await run.ended).toBe(1);
  expect(run.output().trimEnd().split('\n')).toEqual([
    'How many shards comes first, from 1 to 999, as in "npm run shards -- 3 specs/databases"; "three" is there.',
  ]);
});
