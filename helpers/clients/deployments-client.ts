import { randomUUID } from 'node:crypto';
import type {
  CreateDeployment,
  Deployment as DeploymentState,
  DeploymentList,
  ListQuery,
} from '../platform/deployments/contract.ts';
import { realms } from '../platform/kernel/realms.ts';
import { type ApiRequest, type ApiResponse, call, request } from './api.ts';
import { Deployment, type DeploymentOptions, type Measure } from './deployment.ts';
import { signFor, type TokenOptions } from './tenant-token.ts';

const base = '/api/v1/deployments';

/** The address of a provider manager, and the key that it signs its tokens with. */
export interface ManagerAddress {
  readonly url: string;
  readonly secret: string;
}

/** The deployments of one tenant of a provider manager. */
export class DeploymentsClient {
  readonly tenant: string;
  readonly #manager: ManagerAddress;
  readonly #token: string;
  readonly #measure: Measure | undefined;

  constructor(manager: ManagerAddress, tenant = `tenant-${randomUUID()}`, measure?: Measure) {
    this.#manager = manager;
    this.tenant = tenant;
    this.#measure = measure;
    this.#token = this.sign();
  }

  /** The URL of its manager. */
  get url(): string {
    return this.#manager.url;
  }

  /** Signs another token of this tenant, valid or deliberately wrong. */
  sign(options?: Partial<TokenOptions>): string {
    return signFor(this.tenant, { realm: realms.deployments, secret: this.#manager.secret, ...options });
  }

  /** Creates a deployment; it has no provider process yet. @throws ApiFailure */
  async create(wanted: CreateDeployment, options: Omit<DeploymentOptions, 'measure'> = {}): Promise<Deployment> {
    const created = await this.call<DeploymentState>(base, { method: 'POST', body: wanted });
    return new Deployment(this, created, { ...options, measure: this.#measure });
  }

  /** @throws ApiFailure */
  get(id: string): Promise<DeploymentState> {
    return this.call(`${base}/${id}`);
  }

  /** One page of deployments, the newest first. @throws ApiFailure */
  list(query: ListQuery = {}): Promise<DeploymentList> {
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, `${one}`])),
    );
    return this.call(`${base}?${parameters.toString()}`);
  }

  /** Sends any request with this tenant's token; returns the answer whatever its status. */
  send(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#manager.url, path, { token: this.#token, ...options });
  }

  /** Sends any request with this tenant's token. @throws ApiFailure */
  call<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#manager.url, path, { token: this.#token, ...options });
  }
}
