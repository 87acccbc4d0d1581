/** The container as a separate process, bundled and started as a control plane does it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { WebSocket } from 'ws';
import { type ApiResponse, request } from '../clients/index.ts';
import { waitFor } from '../lib/wait.ts';
import { test as base } from './index.ts';
import type { Identity } from '../platform/sessions/workspace/workspace-owner.ts';
import { keyHeader, workspaceKey } from '../platform/sessions/workspace/key.ts';

export { expect } from './index.ts';

const [secret, task] = ['the secret of the tests', 'arn:task/1'];
export const ana: Identity = {
  sessionId: 'session-1',
  clientId: 'acme',
  userId: 'ana@example.com',
  threadId: 'thread-1',
};

export class Container {
  readonly url: string;
  /** The header that grants access. */
  readonly key = { [keyHeader]: workspaceKey(secret, task) };
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | NodeJS.Signals>;

  constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
    this.#exit = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  }

  get(address: string): Promise<ApiResponse> {
    return request(this.url, address, { headers: this.key });
  }

  post(address: string, body: unknown): Promise<ApiResponse> {
    return request(this.url, address, { method: 'POST', body, headers: this.key });
  }

  init(fields: object = {}): Promise<ApiResponse> {
    return this.post('/api/init', { ...ana, ...fields });
  }

  execute(instruction: string, fields: object = {}): Promise<ApiResponse> {
    return this.post('/api/execute', { ...ana, instruction, ...fields });
  }

  /** The updates that the development server sends to browsers from now on, by kind. */
  async updates(): Promise<{ readonly kinds: () => string[] } & Disposable> {
    const site = `/session/${ana.sessionId}/`;
    await this.get(`${site}src/main.js`);
    await this.get(`${site}src/pages.js`);
    await this.get(`${site}@id/__x00__virtual:pages`);
    const socket = new WebSocket(new URL(`${site}ws/hmr`, this.url), 'vite-hmr', {
      headers: this.key,
      handshakeTimeout: 10_000,
    });
    const kinds: string[] = [];
    socket.on('message', (message: Buffer) => kinds.push((JSON.parse(message.toString()) as { type: string }).type));
    await waitFor(() => kinds.includes('connected'), 10_000);
    return { kinds: () => kinds, [Symbol.dispose]: () => socket.terminate() };
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Disconnects from it, as when the control plane is killed. */
  disconnect(): void {
    this.#child.disconnect();
  }

  /** The code or the signal with which it ended. */
  get exit(): Promise<number | NodeJS.Signals> {
    return this.#exit;
  }

  /** Ends it in any state. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}

/** Starts a container and passes it a listening socket. */
async function startContainer(
  code: string,
  volume: string,
  home: string,
  environment: NodeJS.ProcessEnv,
): Promise<Container> {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  mkdirSync(volume, { recursive: true });
  mkdirSync(home, { recursive: true });
  const child = fork(code, {
    cwd: home,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      WORKSPACE: volume,
      WORKSPACE_SECRET: secret,
      ECS_TASK_ARN: task,
      ...environment,
    },
  });
  child.send({ listen: port }, socket, {}, () => socket.close());
  return new Container(`http://127.0.0.1:${port}`, child);
}

/** Bundles it into one file of plain JavaScript, except Vite, which stays where it is installed. */
async function bundle(outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: "import { run } from './main.ts'; void run();",
      resolveDir: fileURLToPath(new URL('../platform/sessions/workspace', import.meta.url)),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    plugins: [
      {
        name: 'vite',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^vite$/ }, () => ({ path: import.meta.resolve('vite'), external: true })),
      },
    ],
  });
}

interface ContainerFixtures {
  /** Removed after the test. Not in Playwright's output folder, whose name Vite does not watch. */
  _folder: string;
  /** The volume of this test's containers. */
  volume: string;
  /** Starts a container on the volume, with additional environment variables; it ends with the test at the latest. */
  container: (environment?: NodeJS.ProcessEnv) => Promise<Container>;
}

export const test = base.extend<ContainerFixtures, { _code: string }>({
  _code: [
    async ({}, use) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-container-'));
      try {
        await bundle(path.join(folder, 'main.cjs'));
        await use(path.join(folder, 'main.cjs'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', box: true },
  ],

  volume: async ({ _folder }, use) => {
    await use(path.join(_folder, 'volume'));
  },

  _folder: [
    async ({}, use) => {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'proving-ground-container-')));
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { box: true },
  ],

  container: async ({ _code, _folder, volume }, use) => {
    const started: Container[] = [];
    await use(async (environment = {}) => {
      const container = await startContainer(_code, volume, path.join(_folder, 'home'), environment);
      started.push(container);
      return container;
    });
    await Promise.all(started.map((container) => container.end()));
  },
});
