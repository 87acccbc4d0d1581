import { spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { recordOrKill } from './processes/index.ts';
import { shortage } from '../lib/shortage.ts';
import { type Access, ownerAlone, RunFolder } from './folder.ts';
import { rootCandidates, roomNeeded, rootFolder } from './place.ts';
import { sweepRuns } from './sweep.ts';

/** Something that a run has at most once, for all its workers: a database server, say. */
export interface Service {
  /** What a worker needs to know to use it; goes through JSON. */
  readonly connection: unknown;
  stop(): Promise<void>;
}

export type StartService = (folder: RunFolder) => Promise<Service>;

/**
 * The part of a run that outlives its workers, in the runner's own process: it starts a service when the first worker
 * asks for it, and stops all of them at the end. Workers come and go (Playwright replaces one after each failure);
 * what they share must not go with them.
 *
 * Its socket doubles as a lifeline: as long as it answers, the run is alive.
 */
export class RunHost implements AsyncDisposable {
  readonly folder: RunFolder;
  readonly #server: Server;
  readonly #starters: Readonly<Record<string, StartService>>;
  readonly #services = new Map<string, Promise<Service>>();

  private constructor(folder: RunFolder, starters: Readonly<Record<string, StartService>>) {
    this.folder = folder;
    this.#starters = starters;
    this.#server = createServer((request, response) => void this.#answer(request.url ?? '', response));
    this.#server.keepAliveTimeout = 0;
  }

  /**
   * Sweeps what dead runs left, makes this run's folder where the bytes that it needs are free, and opens its socket.
   * Starts no service.
   */
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

  /** The umask counts from the socket's first moment on. */
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

  /** The service's connection; started by the first call, shared by all later ones, its failure included. */
  async service(name: string): Promise<unknown> {
    const start = this.#starters[name];
    if (start === undefined) throw new Error(`This run has no service named ${name}.`);
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
      return await start(this.folder);
    } catch (error) {
      throw shortage(error) ?? error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    try {
      for (const service of this.#services.values())
        await (await service.catch(() => undefined))?.stop().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    } finally {
      // Before its socket ends: it would begin to clean up beside us, and might outlive the run by a moment.
      await this.folder.endProcess('keeper', 'SIGKILL');
      this.#server.close();
      this.#server.closeAllConnections();
      await this.folder.remove();
    }
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    if (url === '/alive') {
      response.writeHead(200).flushHeaders();
      return; // stays open: its end is the news
    }
    try {
      response.end(JSON.stringify({ connection: await this.service(url.replace('/services/', '')) }));
    } catch (error) {
      response.end(JSON.stringify({ error: messageOf(error), unavailable: error instanceof EnvironmentUnavailable }));
    }
  }

  /** Not awaited: a run that is killed in this very moment leaves a keeper that finds nobody on the socket. */
  #startKeeper(): void {
    const keeper = fileURLToPath(new URL('keeper.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), keeper, this.folder.path], {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: { ...process.env, TSX_DISABLE_CACHE: '1' }, // which would be one more folder in the machine's temporary folder
    });
    child.once('error', () => undefined); // without one, the next start cleans up
    child.unref();
    recordOrKill(child, (pid) => this.folder.recordProcess('keeper', pid)); // on a full disk it would outlive the run
  }
}

function makeFolder(root: string, access: Access): RunFolder {
  try {
    return RunFolder.create(root, access);
  } catch (error) {
    throw shortage(error) ?? error;
  }
}
