import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { moduleExtension } from '../../lib/own-modules.ts';
import { startProcess } from '../../run/processes/index.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** A program that connects to a store, whose location is its argument, and runs the relay on it. */
export class RelayProgram {
  readonly #file: string;
  readonly #location: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(file: string, location: string) {
    this.#file = file;
    this.#location = location;
  }

  /** `connector` is a module that exports `connect(location)`; the bundle goes into `output`. */
  static async build(
    connector: { readonly file: string; readonly name: string },
    location: string,
    output: string,
  ): Promise<RelayProgram> {
    const file = path.join(output, 'relay.mjs');
    const [module, relay] = [connector.file, path.join(folder, `relay${moduleExtension()}`)].map((name) =>
      JSON.stringify(name),
    );
    await build({
      stdin: {
        resolveDir: folder,
        contents: `import { ${connector.name} as make } from ${module}; import { relay } from ${relay};
          const store = typeof make === 'function' ? make() : make;
          await relay(await store.connect(process.argv[2]));`,
      },
      outfile: file,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      // SQL files are read beside their module.
      define: { 'import.meta.url': JSON.stringify(new URL('x', `file://${path.dirname(connector.file)}/`).href) },
    });
    await stop();
    return new RelayProgram(file, location);
  }

  /** Starts a process of it; `errors` has what it wrote to its standard error. */
  async start(): Promise<RelayProcess> {
    const child = await startProcess('A client of the store', () =>
      spawn(process.execPath, [this.#file, this.#location], { stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return new RelayProcess(child);
  }

  /** Kills all of its processes. */
  async end(): Promise<void> {
    await Promise.all([...this.#running].map((child) => new RelayProcess(child).kill()));
  }
}

export class RelayProcess {
  readonly #child: ChildProcess;
  #errors = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
  }

  /** What it has complained of. */
  get errors(): string {
    return this.#errors;
  }

  /** Kills it by SIGKILL, wherever it is. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
