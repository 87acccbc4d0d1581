import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandTimes, timeCommand } from '../command.ts';
import type { Contender } from './contenders.ts';
import type { PeerRuns } from './server.ts';

const workers = 2;
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
/** The command of Playwright. */
export const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
const configs = {
  plain: fileURLToPath(new URL('plain.config.ts', import.meta.url)),
  ours: fileURLToPath(new URL('../inner.config.ts', import.meta.url)),
};

/** A folder for generated tests, which can import what this project can. Removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-bench-'));
  try {
    symlinkSync(modules, path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests of one contender in generated files, twenty in each, and whole Playwright runs of them. */
export class GeneratedTests {
  static readonly inFile = 20;
  readonly #folder: string;
  readonly #contender: Contender;
  readonly #peers: PeerRuns | undefined;

  /** Writes the files. The folder above has what they import. */
  constructor(folder: string, contender: Contender, count: number, peers?: PeerRuns) {
    this.#folder = folder;
    this.#contender = contender;
    this.#peers = peers;
    mkdirSync(path.join(folder, 'tests'), { recursive: true });
    for (let first = 1; first <= count; first += GeneratedTests.inFile) {
      const numbers = Array.from({ length: GeneratedTests.inFile }, (_, index) => first + index);
      const lines = numbers.map((number) => `test('test ${number}', ${contender.test});`);
      writeFileSync(path.join(folder, 'tests', `from-${first}.spec.ts`), `${contender.head}\n\n${lines.join('\n')}\n`);
    }
  }

  /** Runs all tests. */
  runAll(): Promise<CommandTimes> {
    return this.#run();
  }

  /** Runs the tests of the first file. */
  runFew(): Promise<CommandTimes> {
    return this.#run('from-1.spec.ts');
  }

  /** Compiles all files, which only the first run would have to. */
  async warmUp(): Promise<void> {
    await this.#run('--list');
    await this.runFew();
  }

  /** The server that peers run on is not a process of theirs, so its processor time is added. */
  async #run(...args: string[]): Promise<CommandTimes> {
    const command = [process.execPath, playwright, 'test', ...args, `--workers=${workers}`];
    const before = this.#peers?.serverTime() ?? 0;
    const { wall, cpu } = await timeCommand([...command, `--config=${configs[this.#contender.config]}`], {
      ...this.#peers?.variables,
      BENCH_FOLDER: this.#folder,
      BENCH_TESTS: path.join(this.#folder, 'tests'),
      BENCH_REPORTERS: 'as configured',
      PLAYWRIGHT_TRANSFORM_CACHE_DIR: path.join(this.#folder, 'compiled'),
      PLAYWRIGHT_HTML_OUTPUT_DIR: path.join(this.#folder, 'report'),
      GITHUB_STEP_SUMMARY: path.join(this.#folder, 'summary.md'),
    });
    return { wall, cpu: cpu + (this.#peers?.serverTime() ?? 0) - before };
  }
}
