import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Context } from '../../process.ts';
import { Looker } from '../../store/looker.ts';
import type { Scrape } from '../metrics/store.ts';
import { ConfigurationError, simulate } from '../pipelines/index.ts';
import { openPool } from '../../store/database.ts';
import { type Agent, type AssignedDeployment, lease, reportApplied, reportWritten } from '../store/deployments.ts';
import { elapsed } from '../store/experiments.ts';
import { Listener } from '../../store/listener.ts';
import { isScraped, ticksOf } from '../ticks.ts';
import type { AgentParts } from './parts.ts';
import type { RunningPipeline } from './runner.ts';

const connections = 2;
/** Scrapes of one deployment that are made up for at a time, when an agent was away. */
const mostAtOnce = 100;

/**
 * Runs pipelines: scrapes the simulated processes of the nodes, sends the samples through the configured processors,
 * and writes the series. What a killed agent has not written, the next one does: a scrape depends on its number alone.
 */
export class PipelineAgent {
  readonly #context: Context<AgentParts>;
  readonly #agent: Agent;
  readonly #pool: pg.Pool;
  readonly #metrics: ClickHouseClient;
  readonly #looker: Looker;
  readonly #running = new Map<string, RunningPipeline>();
  /** How many ticks of a deployment are done, by its key. */
  readonly #done = new Map<string, number>();

  constructor(context: Context<AgentParts>, name: string) {
    const { configuration } = context;
    const { lease: patience } = configuration.times; // for an answer: after that its pipelines are somebody else's
    this.#context = context;
    this.#agent = { name, place: configuration.agents.indexOf(name), colleagues: configuration.agents.length };
    this.#pool = openPool(configuration.postgres, connections, patience);
    this.#metrics = createClient({ url: configuration.clickhouse, request_timeout: patience, log: { level: 127 } });
    this.#looker = new Looker(() => this.#look(), configuration.times.look);
  }

  /** Returns when it hears what happens. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['deployments'], () => this.#looker.wake()).open();
  }

  async #look(): Promise<void> {
    const { parts: { clock }, configuration: { times } } = this.#context;
    const now = clock.now(); // before what is read: what is paused after that, is paused in time
    const deployments = await lease(this.#pool, this.#agent, times.lease / 1000);
    this.#forgetAllBut(deployments);
    for (const deployment of deployments) await this.#configure(deployment);
    const due = [];
    for (const deployment of deployments) due.push(await this.#scrapesDue(deployment, now));
    const scrapes = due.flatMap((one) => one.scrapes);
    if (scrapes.length > 0) await this.#context.parts.metricsStore.write(this.#metrics, scrapes);
    const written = due.filter(({ ticks, deployment }) => ticks > deployment.ticks_written).map(({ deployment: { experiment, variant }, ticks }) => ({ experiment, variant, ticks }));
    for (const one of written) this.#done.set(keyOf(one), one.ticks);
    if (written.length > 0) await reportWritten(this.#pool, this.#agent.name, written);
  }

  /** Brings what runs in line with what is wanted, without a break. */
  async #configure(deployment: AssignedDeployment): Promise<void> {
    const key = keyOf(deployment);
    const running = this.#running.get(key);
    try {
      const next = this.#context.parts.pipelineRunner.load(deployment, running);
      this.#running.set(key, next);
      if (next.version > deployment.applied_version) await reportApplied(this.#pool, this.#agent.name, deployment, null);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      if (deployment.complaint === null) await reportApplied(this.#pool, this.#agent.name, deployment, error.message);
    }
  }

  /** What is to be scraped by this time and has not been. */
  async #scrapesDue(deployment: AssignedDeployment, time: Date): Promise<{ deployment: AssignedDeployment; ticks: number; scrapes: Scrape[] }> {
    const { times } = this.#context.configuration;
    const running = this.#running.get(keyOf(deployment));
    if (deployment.started_at === null || running === undefined) return { deployment, ticks: 0, scrapes: [] };
    const first = await this.#ticksDone(deployment);
    const now = Math.min(Math.floor(elapsed(deployment, time) / times.scrape), ticksOf(deployment.duration, times.scrape));
    const ticks = Math.min(now, first + mostAtOnce);
    const scrapes: Scrape[] = [];
    for (let tick = first; tick < ticks; tick++) if (isScraped(tick, deployment.percentage)) scrapes.push(this.#scrape(deployment, running, tick));
    if (ticks < now) this.#looker.wake();
    return { deployment, ticks: Math.max(first, ticks), scrapes };
  }

  #scrape({ tenant, experiment, variant, target_nodes: nodes, load, started_at: started, paused_ms: paused }: AssignedDeployment, { pipeline }: RunningPipeline, tick: number): Scrape {
    const samples = nodes.flatMap((node) => simulate(load, experiment, node, tick));
    const at = new Date(started!.getTime() + paused + (tick + 1) * this.#context.configuration.times.scrape);
    return { tenant, experiment, variant, tick, at, samples: samples.length, ...pipeline.run(samples) };
  }

  /** Another agent may have written more than it could report: the series themselves tell. */
  async #ticksDone(deployment: AssignedDeployment): Promise<number> {
    const { tenant, experiment, variant } = deployment;
    const key = keyOf(deployment);
    let done = this.#done.get(key);
    if (done === undefined || deployment.isNew) {
      const last = await this.#context.parts.metricsStore.lastTick(this.#metrics, tenant, experiment, variant);
      done = Math.max(last + 1, deployment.ticks_written);
      this.#done.set(key, done);
    }
    return done;
  }

  #forgetAllBut(deployments: readonly AssignedDeployment[]): void {
    const keys = new Set(deployments.map(keyOf));
    for (const known of [this.#running, this.#done]) for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
  }
}

function keyOf({ experiment, variant }: Pick<AssignedDeployment, 'experiment' | 'variant'>): string {
  return `${experiment}/${variant}`;
}
