import { randomUUID } from 'node:crypto';
import { realms } from '../platform/kernel/realms.ts';
import type { ClickHouseDatabase } from '../stores/clickhouse/index.ts';
import { request } from './api.ts';
import { ExperimentsClient, type Measure } from './experiments.ts';
import { signFor, type TokenOptions } from './tenant-token.ts';
import { type Subscription, UpdatesClient } from './updates.ts';

/** A customer of the platform, with a token and the operations that it allows. */
export class Tenant {
  readonly id: string;
  /** A JSON Web Token, valid for an hour. */
  readonly token: string;
  readonly experiments: ExperimentsClient;
  readonly #url: string;
  readonly #secret: string;
  readonly #measure: Measure;
  readonly #connections: UpdatesClient[] = [];

  constructor(url: string, secret: string, name: string, measure: Measure = () => undefined) {
    this.#url = url;
    this.#secret = secret;
    this.#measure = measure;
    this.id = `${name}-${randomUUID()}`;
    this.token = this.sign();
    this.experiments = new ExperimentsClient(url, this.token, measure);
  }

  /** Signs another token of this tenant, valid or deliberately wrong. */
  sign(options?: Partial<TokenOptions>): string {
    return signFor(this.id, { realm: realms.experiments, secret: this.#secret, ...options });
  }

  /** Live updates with this tenant's token. Closed with the tenant at the latest. */
  async updates(subscription?: Subscription): Promise<UpdatesClient> {
    const client = await UpdatesClient.open(this.#url, this.token, subscription, this.#measure);
    this.#connections.push(client);
    return client;
  }

  /** The transcripts of its WebSockets. */
  get transcripts(): string[] {
    return this.#connections.map(({ transcript }) => transcript);
  }

  /** How many points of series its experiments have written so far, by the platform's own store of series. */
  async pointsWritten(series: Pick<ClickHouseDatabase, 'query'>): Promise<number> {
    const [{ written = '0' } = {}] = await series.query<{ written?: string }>(
      'SELECT toString(sum(points)) AS written FROM scrapes WHERE tenant_id = {tenant: String}',
      { tenant: this.id },
    );
    return Number(written);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]();
  }

  /** Removes everything that it has on the platform. */
  async remove(): Promise<void> {
    await this.close();
    const { status } = await request(this.#url, `/api/v1/tenants/${this.id}`, { method: 'DELETE', token: this.token });
    if (status !== 204) throw new Error(`Tenant ${this.id} could not be removed: the platform answered ${status}.`);
  }
}
