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
import type { Measure } from '../app/generate-load.ts';
import { ApiFailure, type ApiRequest, type ApiResponse, call, request } from './api.ts';

export type { Measure } from '../app/generate-load.ts';

const base = '/api/v1/experiments';

/** A request for an experiment of one second, on nodes that no other experiment uses, with optional overrides. */
export function experimentRequest(
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

  /** The experiments created through this client, in the order of the answers. */
  get created(): readonly Experiment[] {
    return this.#created;
  }

  /** Creates an experiment like {@link experimentRequest}, which starts when its turn comes. @throws ApiFailure */
  async create(overrides?: Parameters<typeof experimentRequest>[0]): Promise<Experiment> {
    const start = performance.now();
    const answer = await call<CreatedExperiment>(this.#url, base, {
      method: 'POST',
      token: this.#token,
      body: experimentRequest(overrides),
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

  /** One page of experiments. @throws ApiFailure */
  async list(query: ListQuery = {}): Promise<ExperimentList> {
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    return this.call(`${base}?${parameters.toString()}`);
  }

  /** An experiment by its id, of any owner; sends no request. */
  experiment(id: string): Experiment {
    return new Experiment(this, { id });
  }

  /** Sends any request with this tenant's token; returns the answer whatever its status. */
  async send(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#url, path, { token: this.#token, ...options });
  }

  /** Sends any request with this tenant's token. @throws ApiFailure */
  async call<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#url, path, { token: this.#token, ...options });
  }

  measure(...measurement: Parameters<Measure>): void {
    this.#measure(...measurement);
  }

  /** Cancels the experiments created through this client that have not ended. */
  async cancelCreated(): Promise<void> {
    for (const experiment of this.#created) {
      await experiment.cancel('the test is over').catch((error: unknown) => {
        // It has ended, or cannot be cancelled because it is being analyzed, or was removed with its tenant.
        if (!(error instanceof ApiFailure) || (error.code !== 'INVALID_TRANSITION' && error.code !== 'NOT_FOUND'))
          throw error;
      });
    }
  }
}

/** One experiment, as a tenant sees it. Every method sends a request. */
export class Experiment {
  readonly id: string;
  /** The platform's answer to its creation. */
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

  /** Its results; null until it has ended. */
  async results(): Promise<Results | null> {
    return (await this.get()).results;
  }

  /** The metrics of its two pipelines, within a range of time. */
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

  /** Changes the load on the running experiment. */
  simulate(load: Load): Promise<Load> {
    return this.#client.call(`${this.#path}/load`, { method: 'POST', body: load });
  }

  /** Changes a pipeline of the running experiment. */
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

  /** Records the time from its creation to its end. */
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
