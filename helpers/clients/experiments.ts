import { randomUUID } from 'node:crypto';
import type {
  ChangePipeline,
  ChangeState,
  Configurations,
  CreatedExperiment,
  CreateExperiment,
  Deployment,
  Deployments,
  Experiment as ExperimentState,
  ExperimentList,
  ListQuery,
  Load,
  Metrics,
  Results,
  StateChange,
} from '../platform/experiments/contract.ts';
import { ApiFailure, type ApiRequest, type ApiResponse, call, request } from './api.ts';

const base = '/api/v1/experiments';

/** Notes a measurement in milliseconds or as a count. */
export type Measure = (name: string, value: number, unit: 'ms' | 'count', attributes?: Record<string, string>) => void;

/** A request for an experiment of a second, on nodes that nobody else uses, with what you say instead. */
export function anExperiment(
  overrides: Partial<CreateExperiment> & { readonly config?: Partial<CreateExperiment['config']> } = {},
): CreateExperiment {
  return {
    name: 'an experiment',
    baseline_pipeline: 'process-baseline-v1',
    candidate_pipeline: 'process-aggregated-v1',
    target_nodes: [`node-${randomUUID()}`],
    ...overrides,
    config: { duration: '1s', process_count: 20, ...overrides.config },
  };
}

/** The experiments of one tenant, as its token shows them. */
export class ExperimentsClient {
  readonly #url: string;
  readonly #token: string;
  readonly #measure: Measure;
  readonly #created: Experiment[] = [];

  constructor(url: string, token: string, measure: Measure = () => undefined) {
    this.#url = url;
    this.#token = token;
    this.#measure = measure;
  }

  /** Those that were created through this client, in the order of the answers. */
  get created(): readonly Experiment[] {
    return this.#created;
  }

  /** Creates an experiment like {@link anExperiment}. It starts when its turn comes. @throws ApiFailure */
  async create(overrides?: Parameters<typeof anExperiment>[0]): Promise<Experiment> {
    const start = performance.now();
    const answer = await call<CreatedExperiment>(this.#url, base, {
      method: 'POST',
      token: this.#token,
      body: anExperiment(overrides),
    });
    this.#measure('experiment.create', performance.now() - start, 'ms');
    const experiment = new Experiment(this, answer);
    this.#created.push(experiment);
    return experiment;
  }

  /** @throws ApiFailure */
  async get(id: string): Promise<ExperimentState> {
    return this.call(`${base}/${id}`);
  }

  /** One page. @throws ApiFailure */
  async list(query: ListQuery = {}): Promise<ExperimentList> {
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    return this.call(`${base}?${parameters.toString()}`);
  }

  /** An experiment by its id, whoever it belongs to; nothing is asked yet. */
  experiment(id: string): Experiment {
    return new Experiment(this, { id });
  }

  /** Any request in the name of this tenant; returns the answer whatever it is. */
  async send(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#url, path, { token: this.#token, ...options });
  }

  /** Any request in the name of this tenant. @throws ApiFailure */
  async call<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#url, path, { token: this.#token, ...options });
  }

  /** Notes a measurement. */
  measure(...measurement: Parameters<Measure>): void {
    this.#measure(...measurement);
  }

  /** Cancels those that were created through this client and are not over. */
  async cancelCreated(): Promise<void> {
    for (const experiment of this.#created) {
      await experiment.cancel('the test is over').catch((error: unknown) => {
        // Over, or about to be: while it is analyzed nobody can cancel it. Or gone with its tenant.
        if (!(error instanceof ApiFailure) || (error.code !== 'INVALID_TRANSITION' && error.code !== 'NOT_FOUND'))
          throw error;
      });
    }
  }
}

/** One experiment, as a tenant sees it. Every method asks the platform. */
export class Experiment {
  readonly id: string;
  /** What the platform answered when it was created. */
  readonly created: CreatedExperiment | undefined;
  readonly #client: ExperimentsClient;

  constructor(client: ExperimentsClient, created: CreatedExperiment | { readonly id: string }) {
    this.id = created.id;
    this.created = 'name' in created ? created : undefined;
    this.#client = client;
  }

  get(): Promise<ExperimentState> {
    return this.#client.get(this.id);
  }

  /** What it came to; null before it is over. */
  async results(): Promise<Results | null> {
    return (await this.get()).results;
  }

  /** What its two pipelines have reported, from a time on. */
  async metrics(range: { readonly start_time?: string; readonly end_time?: string } = {}): Promise<Metrics> {
    const metrics = await this.#client.call<Metrics>(`${this.#path}/metrics?${new URLSearchParams(range).toString()}`);
    this.#client.measure(
      'series.read',
      metrics.metrics.baseline.time_series_count + metrics.metrics.candidate.time_series_count,
      'count',
    );
    return metrics;
  }

  configurations(): Promise<Configurations> {
    return this.#client.call(`${this.#path}/configs`);
  }

  async deployments(): Promise<Deployment[]> {
    return (await this.#client.call<Deployments>(`${this.#path}/deployments`)).deployments;
  }

  /** Changes the load that it runs under. */
  simulate(load: Load): Promise<Load> {
    return this.#client.call(`${this.#path}/load`, { method: 'POST', body: load });
  }

  /** Changes what a pipeline of it does, while it runs. */
  changePipeline(change: ChangePipeline): Promise<Deployment> {
    return this.#client.call(`${this.#path}/pipeline`, { method: 'PATCH', body: change });
  }

  start(reason?: string): Promise<StateChange> {
    return this.#change('start', reason);
  }

  pause(reason?: string): Promise<StateChange> {
    return this.#change('pause', reason);
  }

  resume(reason?: string): Promise<StateChange> {
    return this.#change('resume', reason);
  }

  cancel(reason?: string): Promise<StateChange> {
    return this.#change('cancel', reason);
  }

  /** Notes how long it took from its creation to its end. */
  noteLifecycle({ created_at, completed_at, state }: ExperimentState): void {
    if (completed_at !== null)
      this.#client.measure('experiment.lifecycle', Date.parse(completed_at) - Date.parse(created_at), 'ms', { state });
  }

  #change(action: ChangeState['action'], reason: string | undefined): Promise<StateChange> {
    return this.#client.call(`${this.#path}/state`, {
      method: 'PATCH',
      body: { action, ...(reason === undefined ? {} : { reason }) },
    });
  }

  get #path(): string {
    return `${base}/${this.id}`;
  }
}
