import { createClient } from '@clickhouse/client';
import { group } from 'd3-array';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { openPool } from '../../kernel/store/database.ts';
import { Listener } from '../../kernel/store/listener.ts';
import { Reconciler } from '../../kernel/reconciler.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { ConfigurationError } from '../pipelines/index.ts';
import { type Agent, type AssignedDeployment, keyOf, reportApplied } from '../store/pipeline-deployments.ts';
import type { AgentParts } from './parts.ts';
import type { RunningPipeline } from './runner.ts';
import { type AgentContext, type RunningDeployment, TenantSeries } from './tenant-series.ts';

/** More than are used at once, so that a connection that waits for a lock blocks no other work. */
const connections = 5;

/**
 * Runs pipelines: scrapes the simulated processes of the nodes, sends the samples through the configured processors,
 * and writes the series. Scrapes are deterministic by their number, so another agent can write what a killed one has
 * not. A pass only waits for its leases; each tenant's series are written independently.
 */
export class PipelineAgent {
  readonly #context: AgentContext;
  readonly #agent: Agent;
  readonly #reconciler: Reconciler;
  readonly #running = new Map<string, RunningPipeline>();
  readonly #tenants = new Map<string, TenantSeries>();
  readonly #configuring: KeyedQueue;
  readonly #writing: KeyedQueue;

  constructor(context: Context<AgentParts, PlatformConfiguration>, name: string) {
    const { configuration } = context;
    // Answers after the lease are useless, since the pipelines may belong to another agent by then.
    const { lease: patience, lock } = configuration.times;
    this.#agent = { name, place: configuration.agents.indexOf(name), colleagues: configuration.agents.length };
    this.#context = {
      ...context,
      writer: `${name} of ${new URL(configuration.clickhouse).username}`,
      pool: openPool(configuration.postgres, connections, { answer: patience, lock }),
      metrics: createClient({ url: configuration.clickhouse, request_timeout: patience, log: { level: 127 } }),
    };
    const wake = (): void => this.#reconciler.wake();
    this.#configuring = new KeyedQueue(wake);
    this.#writing = new KeyedQueue(wake);
    this.#reconciler = new Reconciler(() => this.#look(), configuration.times.look);
  }

  /** Resolves when it listens for changes. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['deployments'], () => this.#reconciler.wake()).open();
  }

  async #look(): Promise<void> {
    const { pool, parts, configuration } = this.#context;
    const now = parts.clock.now(); // taken before reading, so a pause after it still counts
    const deployments = await parts.leases.renew(pool, this.#agent, configuration.times.lease / 1000);
    this.#forgetAllBut(deployments);
    for (const deployment of deployments) this.#configuring.run(keyOf(deployment), () => this.#configure(deployment));
    const running = group(
      deployments.flatMap((deployment) => this.#runningOf(deployment)),
      ({ deployment }) => deployment.tenant,
    );
    for (const tenant of new Set([...this.#tenants.keys(), ...running.keys()]))
      this.#writing.run(tenant, () => this.#write(tenant, running.get(tenant) ?? [], now));
  }

  /** Applies the wanted configuration before the next scrape, without a gap. */
  async #configure(deployment: AssignedDeployment): Promise<void> {
    const { parts, pool } = this.#context;
    const key = keyOf(deployment);
    try {
      const next = parts.pipelineRunner.load(deployment, this.#running.get(key));
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
    if (!(await series.write(running, now))) this.#reconciler.wake();
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
