import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { startProcess } from '../../run/processes/index.ts';

const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');

/** The processes of Playwright that this one has started, so that an interrupt ends them all. */
export class Playwright {
  readonly #running = new Set<ChildProcess>();
  #isInterrupted = false;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        this.#isInterrupted = true;
        for (const child of this.#running) child.kill('SIGINT'); // Playwright ignores a second one within a second
      });
    }
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Runs one command to its end. Returns whether it succeeded. With `held`, its output is printed at its end. */
  async run(
    args: readonly string[],
    { env = {}, held = false }: { readonly env?: NodeJS.ProcessEnv; readonly held?: boolean } = {},
  ): Promise<boolean> {
    if (this.#isInterrupted) return false;
    const child = await startProcess('Playwright', () =>
      spawn(process.execPath, [cli, ...args], {
        stdio: ['ignore', held ? 'pipe' : 'inherit', held ? 'pipe' : 'inherit'],
        env: { ...process.env, ...env },
      }),
    );
    this.#running.add(child);
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    this.#running.delete(child);
    process.stdout.write(Buffer.concat(printed));
    return exitCode === 0;
  }
}
