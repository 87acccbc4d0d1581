import { spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { EnvironmentLost, EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { argumentsToRun, moduleExtension } from '../lib/own-modules.ts';
import { recordOrKill } from './processes/index.ts';
import { shortage } from '../lib/shortage.ts';
import { type Access, ownerAlone, RunFolder } from './folder.ts';
import { rootCandidates, roomNeeded, rootFolder } from './place.ts';
import { sweepRuns } from './sweep.ts';

/** Something that a run has at most once and all workers share, such as a database server. */
export interface Service {
  /** What a worker needs to use it. Serializable as JSON. */
  readonly connection: unknown;
  /** Resolves when it has gone before it was stopped, where that can be noticed. */
  readonly lost?: Promise<EnvironmentLost>;
  stop(): Promise<void>;
}

export type StartService = (folder: RunFolder) => Promise<Service>;

/**
 * The part of a run that outlives its workers, in the runner's process: starts a service when the first worker requests
 * it, and stops all services at the end. Playwright replaces workers after failures, and what they share must survive
 * that.
 *
 * Its socket doubles as a lifeline: the run is alive as long as the socket answers.
 */
export class RunHost implements AsyncDisposable {
  readonly folder: RunFolder;
  /** Resolves when a service has gone: the run has to end then, and says why when it is closed. */
  readonly lost: Promise<void>;
  #why: EnvironmentLost | undefined;
  #sayLost!: () => void;
  readonly #server: Server;
  readonly #starters: Readonly<Record<string, StartService>>;
  readonly #services = new Map<string, Promise<Service>>();

  private constructor(folder: RunFolder, starters: Readonly<Record<string, StartService>>) {
    this.folder = folder;
    this.#starters = starters;
    this.lost = new Promise((resolve) => {
      this.#sayLost = resolve;
    });
    this.#server = createServer((request, response) => void this.#answer(request.url ?? '', response));
    this.#server.keepAliveTimeout = 0;
  }

  /** Sweeps what dead runs left, creates the run's folder where enough bytes are free, and opens its socket. */
  static async open(
    starters: Readonly<Record<string, StartService>>,
    wantedRoot?: string,
    needed = roomNeeded(1),
    access = ownerAlone,
  ): Promise<RunHost> {
    const roots = rootCandidates(wantedRoot);
    await Promise.all(roots.map((root) => sweepRuns(root)));
    const root = rootFolder(roots, needed);
    const host = new RunHost(makeFolder(root, access), starters);
    try {
      await host.#listen(access);
    } catch (error) {
      await host.folder.remove();
      throw new EnvironmentUnavailable(
        `No socket can be made in ${root} (${messageOf(error)}): point PROVING_GROUND_FOLDER at another folder.`,
      );
    }
    host.#server.unref();
    return host;
  }

  /** The umask applies while the socket is created, so its permissions are right from the first moment. */
  #listen(access: Access): Promise<void> {
    const umask = process.umask(access.umask);
    try {
      return new Promise((resolve, reject) => {
        this.#server.once('error', reject).listen(this.folder.socket, resolve);
      });
    } finally {
      process.umask(umask);
    }
  }

  /** A service's connection. The first call starts the service; all calls share the result or the failure. */
  async service(name: string): Promise<unknown> {
    const start = this.#starters[name];
    if (start === undefined) throw new Error(`This run has no service named ${name}.`);
    if (this.#why !== undefined) throw this.#why;
    let service = this.#services.get(name);
    if (service === undefined) {
      service = this.#start(start);
      this.#services.set(name, service);
    }
    return (await service).connection;
  }

  async #start(start: StartService): Promise<Service> {
    try {
      if (this.#services.size === 0) this.#startKeeper();
      const service = await start(this.folder);
      void service.lost?.then((why) => this.#lose(why));
      return service;
    } catch (error) {
      if (error instanceof EnvironmentLost) this.#lose(error);
      throw shortage(error) ?? error;
    }
  }

  #lose(why: EnvironmentLost): void {
    this.#why ??= why;
    this.#sayLost();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    try {
      for (const service of this.#services.values())
        await (await service.catch(() => undefined))?.stop().catch((error: unknown) => failures.push(error));
      if (this.#why !== undefined) throw this.#why; // the others follow from it
      if (failures.length > 0) throw failures[0];
    } finally {
      // Before the socket closes: otherwise the keeper would start to clean up at the same time, and outlive the run.
      await this.folder.endProcess('keeper', 'SIGKILL');
      this.#server.close();
      this.#server.closeAllConnections();
      await this.folder.remove();
    }
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    if (url === '/alive') {
      response.writeHead(200).flushHeaders();
      return; // stays open until the run ends
    }
    try {
      response.end(JSON.stringify({ connection: await this.service(url.replace('/services/', '')) }));
    } catch (error) {
      response.end(JSON.stringify({ error: messageOf(error), unavailable: error instanceof EnvironmentUnavailable }));
    }
  }

  /** Does not wait for the keeper: if the run is killed now, the keeper finds the socket dead and cleans up. */
  #startKeeper(): void {
    const keeper = fileURLToPath(new URL('keeper.mjs', import.meta.url));
    const cleaning = fileURLToPath(new URL(`remove-run${moduleExtension()}`, import.meta.url));
    const args = [keeper, this.folder.socket, ...argumentsToRun(cleaning), this.folder.path];
    const child = spawn(process.execPath, args, {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: { ...process.env, TSX_DISABLE_CACHE: '1' }, // no folder in the temporary folder
    });
    child.once('error', () => undefined); // without a keeper, the next start cleans up
    child.unref();
    recordOrKill(child, (pid) => this.folder.recordProcess('keeper', pid)); // unrecorded, it would outlive the run
  }
}

function makeFolder(root: string, access: Access): RunFolder {
  try {
    return RunFolder.create(root, access);
  } catch (error) {
    throw shortage(error) ?? error;
  }
}
