import type { AppChaos, AppClient, AppLoad, AppSocket, SocketOptions } from './app.ts';
import { type AppCalls, type AppResponse, callsOf, type Caller } from './calls.ts';
import { generateLoad, type LoadResult, type Measure } from './generate-load.ts';
import type { AppParts } from './parts.ts';
import { lastLines } from './services/last-lines.ts';
import { AppSocketClient } from './sockets/app-socket.ts';
import type { AppTenant } from './tenant.ts';
import type { Tenants } from './tenants.ts';
import { UsageError } from '../lib/usage.ts';

/** Where an app's services are. */
export interface Addresses {
  readonly names: readonly string[];
  /** @throws UsageError for a name that is not declared. */
  url(name: string): string;
  /** A service's output; empty where that cannot be had. */
  log(name: string): string;
}

export interface ClientOptions<Request> {
  readonly addresses: Addresses;
  /** Ends the test where the services run elsewhere. */
  readonly chaos: () => AppChaos;
  readonly tenants: Tenants<Request>;
  readonly parts: AppParts;
  readonly measure: Measure;
  /** Called with the outcome of each load. */
  readonly onLoad: (result: LoadResult) => void;
}

const defaultClients = 10;

/** What a test does with an app. What it has opened is closed with it. */
export class Client<Request> implements AppClient, AsyncDisposable {
  readonly #options: ClientOptions<Request>;
  readonly #sockets: AppSocketClient[] = [];
  readonly #used = new Set<AppTenant>();

  constructor(options: ClientOptions<Request>) {
    this.#options = options;
  }

  get chaos(): AppChaos {
    return this.#options.chaos();
  }

  url(service = this.#first): string {
    return this.#options.addresses.url(service);
  }

  log(service = this.#first): string {
    this.url(service); // known
    return this.#options.addresses.log(service);
  }

  createTenant(name?: string): AppTenant {
    return this.#options.tenants.create(name);
  }

  async as(tenant?: AppTenant, caller: Caller = {}): Promise<AppCalls> {
    const { service: name = this.#first } = caller;
    return callsOf({ name, url: this.url(name) }, await this.headersOf(tenant, caller));
  }

  async socket(path: string, options: SocketOptions = {}): Promise<AppSocket> {
    const { tenant, service, subprotocol = [], first = [], headers = {}, sendsToken = true } = options;
    const token = await tokenOf(tenant, options);
    const filled = <T>(value: T | ((sent: string) => T)): T =>
      typeof value === 'function' ? (value as (sent: string) => T)(needed(token)) : value;
    const url = new URL(path, this.url(service));
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = await AppSocketClient.open({
      url,
      subprotocols: [filled<string | readonly string[]>(subprotocol)].flat(),
      first: filled<readonly (object | string)[]>(first),
      headers: { ...(sendsToken ? await this.headersOf(tenant, options) : {}), ...headers },
      secrets: token === undefined ? [] : [token],
      matches: this.#options.parts.matches,
    });
    this.#sockets.push(socket);
    return socket;
  }

  async load({ method = 'GET', path, tenant, headers = {}, body, clients, ...load }: AppLoad): Promise<LoadResult> {
    const { requests, duration } = load;
    if ((requests === undefined) === (duration === undefined))
      throw new UsageError('A load needs either a number of requests, `requests`, or `duration` in milliseconds.');
    const { onLoad, measure } = this.#options;
    const result = await generateLoad(
      {
        url: this.url(load.service),
        method,
        path,
        headers: { ...(await this.headersOf(tenant, load)), ...headers },
        body,
        clients: clients ?? defaultClients,
        amount: requests === undefined ? { duration: duration! } : { requests },
      },
      measure,
    );
    onLoad(result);
    return result;
  }

  /** The headers that send a tenant's token, or another one. */
  async headersOf(tenant: AppTenant | undefined, caller: Caller): Promise<Readonly<Record<string, string>>> {
    if (tenant !== undefined) this.#used.add(tenant);
    const token = await tokenOf(tenant, caller);
    return token === undefined ? {} : this.#options.tenants.headersOf(token);
  }

  /** The tenants whose token was sent. */
  get usedTenants(): AppTenant[] {
    return [...this.#used];
  }

  /** @throws Error when the answer is neither that it is removed nor that there was none. */
  async removeTenant(
    tenant: AppTenant,
    remove: (as: AppCalls, tenant: AppTenant) => Promise<AppResponse>,
  ): Promise<void> {
    const { status } = await remove(await this.as(tenant), tenant);
    if (status >= 400 && status !== 404 && status !== 410)
      throw new Error(`The tenant '${tenant.name}' could not be removed: the platform answered with ${status}.`);
  }

  /** The transcripts of its WebSockets. */
  get transcripts(): string[] {
    return this.#sockets.map(({ transcript }) => transcript);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket[Symbol.asyncDispose]()));
  }

  /** Adds the last lines of the first service to a sentence. */
  about(sentence: string): string {
    return `${sentence}${lastLines(this.#first, this.log())}`;
  }

  get #first(): string {
    const [first] = this.#options.addresses.names;
    if (first === undefined)
      throw new UsageError(
        'appOptions declares no service: ' +
          'set `services: { api: { command, … } }` by test.use or in the configuration.',
      );
    return first;
  }
}

async function tokenOf(tenant: AppTenant | undefined, { token }: Caller): Promise<string | undefined> {
  return token ?? tenant?.token();
}

function needed(token: string | undefined): string {
  if (token === undefined) throw new UsageError('A function of the token needs a tenant, or a token.');
  return token;
}
