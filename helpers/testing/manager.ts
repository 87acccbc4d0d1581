/** A provider manager, and users of it, for the tests of its insides. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiRequest } from '../clients/api.ts';
import { type ApiResponse, call, request } from '../clients/index.ts';
import { until } from '../lib/wait.ts';
import type {
  CreateDeployment,
  Deployment,
  Operation,
  Plan,
  Resource,
  WantedResource,
} from '../platform/deployments/contract.ts';
import { openDeployments, type OpenDeployments, type OpenDeploymentsOptions } from '../platform/deployments/open.ts';
import { realms, signToken } from '../platform/kernel/tokens.ts';
import { RunFolder } from '../run/index.ts';
import { test as base } from './index.ts';

export { expect } from './index.ts';

const api = '/api/v1/deployments';
/** Milliseconds for an operation, on a busy machine. */
const patience = 30_000;

/** A user of one tenant. */
export class ManagerUser {
  readonly #url: string;
  readonly #token: string;

  constructor({ url, secret }: Pick<OpenDeployments, 'url' | 'secret'>, tenant = randomUUID()) {
    this.#url = url;
    const claims = { user_id: tenant, email: 'ana@example.com', roles: [], tenant_id: tenant };
    this.#token = signToken(claims, secret, 3_600_000, realms.deployments);
  }

  ask(place: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#url, `${api}${place}`, { token: this.#token, timeout: patience, ...options });
  }

  async create(wanted: Partial<CreateDeployment> = {}): Promise<Deployment> {
    return this.#call('', { method: 'POST', body: { name: 'one', provider: 'probe', ...wanted } });
  }

  get(id: string): Promise<Deployment> {
    return this.#call(`/${id}`);
  }

  change(id: string, body: object): Promise<Deployment> {
    return this.#call(`/${id}`, { method: 'PATCH', body });
  }

  plan(id: string): Promise<Plan> {
    return this.#call(`/${id}/plan`, { method: 'POST' });
  }

  begin(id: string, body: object = {}): Promise<Operation> {
    return this.#call(`/${id}/apply`, { method: 'POST', body });
  }

  /** Applies, and waits for the end. */
  async apply(id: string, body: object = {}): Promise<Operation> {
    return this.ended(id, await this.begin(id, body));
  }

  async destroy(id: string): Promise<Operation> {
    return this.ended(id, await this.#call(`/${id}`, { method: 'DELETE' }));
  }

  /** Waits for the end of an operation, also while the manager is being replaced. */
  ended(id: string, { number }: Operation): Promise<Operation> {
    const look = async (): Promise<Operation | undefined> => {
      const operation = await this.#call<Operation>(`/${id}/operations/${number}`).catch(() => undefined);
      return operation?.endedAt == null ? undefined : operation;
    };
    return until(look, patience, () => `the end of operation ${number}`);
  }

  #call<Body>(place: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#url, `${api}${place}`, { token: this.#token, timeout: patience, ...options });
  }
}

/** A folder for a test's gates, and for the ledger of its probes. */
export class Place {
  readonly path: string;

  constructor(folder: string) {
    this.path = folder;
    mkdirSync(folder, { recursive: true });
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  open(gate: string): void {
    writeFileSync(this.file(gate), '');
  }

  remove(...names: readonly string[]): void {
    for (const name of names) rmSync(this.file(name));
  }

  /** Waits until a task has said that its apply has begun. */
  async announced(name: string): Promise<void> {
    await until(
      async () => existsSync(this.file(name)) || undefined,
      patience,
      () => `${name} to be announced`,
    );
  }

  /** The effects of creations, deleted ones too. */
  get effects(): string[] {
    return existsSync(this.file('ledger'))
      ? readdirSync(this.file('ledger')).filter((name) => !name.startsWith('.'))
      : [];
  }

  get ledger(): string {
    return this.file('ledger');
  }
}

export function task(config: Record<string, unknown> = {}, name = 'one'): WantedResource[] {
  return [{ type: 'probe_task', name, config: { name, ...config } }];
}

export function stateOf({ resources }: { readonly resources: readonly Resource[] }): Record<string, unknown> {
  return resources[0]!.state!;
}

interface ManagerFixtures {
  readonly client: ManagerUser;
  readonly place: Place;
  /** Opens another manager, which ends with the test. */
  readonly openManager: (options?: Partial<OpenDeploymentsOptions>) => Promise<OpenDeployments>;
}

interface ManagerWorkerFixtures {
  readonly manager: OpenDeployments;
  readonly _managerOptions: OpenDeploymentsOptions;
}

export const test = base.extend<ManagerFixtures, ManagerWorkerFixtures>({
  _managerOptions: [
    async ({ _configuration: { run = '' }, _postgresWorker: postgres, _platformCode }, use, { workerIndex }) => {
      const { code, decoration } = _platformCode;
      await use({ folder: new RunFolder(run), worker: workerIndex, postgres, code, decoration });
    },
    { scope: 'worker', box: true },
  ],

  manager: [
    async ({ _managerOptions }, use) => {
      await using manager = await openDeployments(_managerOptions);
      await use(manager);
    },
    { scope: 'worker', box: true, timeout: 60_000 },
  ],

  openManager: async ({ _managerOptions }, use) => {
    const opened: OpenDeployments[] = [];
    await use(async (options) => {
      const worker = `${_managerOptions.worker}${'abc'[opened.length]}`;
      opened.push(await openDeployments({ ..._managerOptions, worker, ...options }));
      return opened.at(-1)!;
    });
    for (const manager of opened) await manager[Symbol.asyncDispose]();
  },

  client: async ({ manager }, use) => {
    await use(new ManagerUser(manager));
  },

  place: async ({}, use, testInfo) => {
    await use(new Place(testInfo.outputPath('place')));
  },
});
