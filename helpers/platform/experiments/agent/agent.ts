import { createClient } from '@clickhouse/client';
import { group } from 'd3-array';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { openPool } from '../../kernel/store/database.ts';
import { Listener } from '../../kernel/store/listener.ts';
import { Reconciler } from '../../kernel/reconciler.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { ConfigurationError } from '../pipelines/index.ts';
import { type Agent, type AssignedDeployment, keyOf, lease, reportApplied } from '../store/deployments.ts';
import type { AgentParts } from './parts.ts';
import type { RunningPipeline } from './runner.ts';
import { type AgentContext, type RunningDeployment, TenantSeries } from './tenant-series.ts';

/** Some more than are used: who waits for a lock keeps one from nobody. */
const connections = 5;

/**
 * Runs pipelines: scrapes the simulated processes of the nodes, sends the samples through the configured processors,
 * and writes the series. What a killed agent has not written, the next one does: a scrape depends on its number alone.
 * A look waits for nothing but its leases: each tenant's series are written in their own time, however many they are.
 */
export class PipelineAgent {
  readonly #context: AgentContext;
  readonly #agent: Agent;
  readonly #looker: Reconciler;
  readonly #running = new Map<string, RunningPipeline>();
  readonly #tenants = new Map<string, TenantSeries>();
  readonly #configuring: KeyedQueue;
  readonly #writing: KeyedQueue;

  constructor(context: Context<AgentParts, PlatformConfiguration>, name: string) {
    const { configuration } = context;
    // for an answer: after that its pipelines are somebody else's
    const { lease: patience, lock } = configuration.times;
    this.#agent = { name, place: configuration.agents.indexOf(name), colleagues: configuration.agents.length };
    this.#context = {
      ...context,
      writer: `${name} of ${new URL(configuration.clickhouse).username}`,
      pool: openPool(configuration.postgres, connections, { answer: patience, lock }),
      metrics: createClient({ url: configuration.clickhouse, request_timeout: patience, log: { level: 127 } }),
    };
    const wake = (): void => this.#looker.wake();
    this.#configuring = new KeyedQueue(wake);
    this.#writing = new KeyedQueue(wake);
    this.#looker = new Reconciler(() => this.#look(), configuration.times.look);
  }

  /** Returns when it hears what happens. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['deployments'], () => this.#looker.wake()).open();
  }

  async #look(): Promise<void> {
    const {
      pool,
      parts: { clock },
      configuration: { times },
    } = this.#context;
    const now = clock.now(); // before what is read: what is paused after that, is paused in time
    const deployments = await lease(pool, this.#agent, times.lease / 1000);
    this.#forgetAllBut(deployments);
    for (const deployment of deployments) this.#configuring.run(keyOf(deployment), () => this.#configure(deployment));
    const running = group(
      deployments.flatMap((deployment) => this.#runningOf(deployment)),
      ({ deployment }) => deployment.tenant,
    );
    for (const tenant of new Set([...this.#tenants.keys(), ...running.keys()]))
      this.#writing.run(tenant, () => this.#write(tenant, running.get(tenant) ?? [], now));
  }

  /** Brings what runs in line with what is wanted, without a break and before anything else happens. */
  async #configure(deployment: AssignedDeployment): Promise<void> {
    const {
      parts: { pipelineRunner },
      pool,
    } = this.#context;
    const key = keyOf(deployment);
    try {
      const next = pipelineRunner.load(deployment, this.#running.get(key));
      this.#running.set(key, next);
      if (next.version > deployment.applied_version) await reportApplied(pool, this.#agent.name, deployment, null);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      if (deployment.complaint === null) await reportApplied(pool, this.#agent.name, deployment, error.message);
    }
  }

  async #write(tenant: string, running: readonly RunningDeployment[], now: Date): Promise<void> {
    const series = this.#tenants.get(tenant) ?? new TenantSeries(this.#context, tenant);
    this.#tenants.set(tenant, series);
    if (!(await series.write(running, now))) this.#looker.wake();
    if (series.isOver) this.#tenants.delete(tenant);
  }

  #runningOf(deployment: AssignedDeployment): RunningDeployment[] {
    const running = this.#running.get(keyOf(deployment));
    return running === undefined ? [] : [{ deployment, pipeline: running.pipeline }];
  }

  #forgetAllBut(deployments: readonly AssignedDeployment[]): void {
    const keys = new Set(deployments.map(keyOf));
    for (const key of this.#running.keys()) if (!keys.has(key)) this.#running.delete(key);
  }
}
