import type { ClickHouseClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import type { Scrape } from '../metrics/store.ts';
import { type Pipeline, simulate } from '../pipelines/index.ts';
import { type AssignedDeployment, keyOf, reportWritten, type WriteProgress } from '../store/pipeline-deployments.ts';
import { elapsed, momentAfter } from '../store/experiment-reader.ts';
import { isScraped, ticksOf } from '../ticks.ts';
import type { AgentParts } from './parts.ts';

/** The most points of one deployment, and of all together, in one pass: more would block the process for too long. */
const pointsAtOnce = 50_000;
/** The most missed scrapes of one deployment that are made up for in one pass. */
const ticksAtOnce = 100;

export interface AgentContext extends Context<AgentParts, PlatformConfiguration> {
  readonly pool: pg.Pool;
  readonly metrics: ClickHouseClient;
  /** The name of the agent's inserts on the server, which must be unique there. */
  readonly writer: string;
}

/** A deployment and its pipeline. */
export interface RunningDeployment {
  readonly deployment: AssignedDeployment;
  readonly pipeline: Pipeline;
}

/** How far the series of a deployment are written. */
interface Progress extends WriteProgress {
  ticks: number;
  isReported: boolean;
}

/** The next part of a deployment's series. */
interface Portion {
  readonly progress: Progress;
  /** The number of the first tick after this part. */
  readonly ticks: number;
  readonly scrapes: readonly Scrape[];
}

/** The unwritten series of one tenant's pipelines. */
export class TenantSeries {
  readonly #context: AgentContext;
  readonly #tenant: string;
  /** A name for each tenant, so that no tenant's inserts wait for another's. */
  readonly #writer: string;
  readonly #progress = new Map<string, Progress>();

  constructor(context: AgentContext, tenant: string) {
    this.#context = context;
    this.#tenant = tenant;
    this.#writer = `${context.writer} for ${tenant}`;
  }

  /** Whether nothing runs and everything written is reported. */
  get isOver(): boolean {
    return this.#progress.size === 0;
  }

  /** Writes all scrapes that are due by this time, in one insert, up to a limit. Returns whether those were all. */
  async write(running: readonly RunningDeployment[], time: Date): Promise<boolean> {
    this.#forgetAllBut(running);
    const started = running.filter(({ deployment }) => deployment.started_at !== null);
    await this.#learn(started.map(({ deployment }) => deployment));
    let isAll = true;
    let portions: Portion[] = [];
    for (const one of started) {
      const progress = this.#progress.get(keyOf(one.deployment))!;
      const due = this.#ticksDue(one.deployment, time);
      const portion = this.#scrape(one, progress, due);
      portions.push(portion);
      if (pointsIn(portions.flatMap(({ scrapes }) => scrapes)) >= pointsAtOnce) {
        await this.#store(portions);
        portions = [];
      }
      isAll &&= portion.ticks >= due;
    }
    await this.#store(portions);
    return isAll;
  }

  /** At least one scrape, if one is due. */
  #scrape({ deployment, pipeline }: RunningDeployment, progress: Progress, due: number): Portion {
    const scrapes: Scrape[] = [];
    let tick = progress.ticks;
    for (const most = Math.min(due, tick + ticksAtOnce); tick < most && pointsIn(scrapes) < pointsAtOnce; tick++) {
      if (isScraped(tick, deployment.percentage)) scrapes.push(this.#scrapeOf(deployment, pipeline, tick));
    }
    return { progress, ticks: tick, scrapes };
  }

  #scrapeOf(deployment: AssignedDeployment, pipeline: Pipeline, tick: number): Scrape {
    const { tenant, experiment, variant, target_nodes: nodes, load } = deployment;
    const samples = nodes.flatMap((node) => simulate(load, experiment, node, tick));
    const at = momentAfter(deployment, (tick + 1) * this.#context.configuration.times.scrape);
    return { tenant, experiment, variant, tick, at, samples: samples.length, ...pipeline.run(samples) };
  }

  async #store(portions: readonly Portion[]): Promise<void> {
    const { parts, metrics } = this.#context;
    const scrapes = portions.flatMap((portion) => portion.scrapes);
    // Before writing, since the answer may be lost.
    for (const { progress, ticks } of portions) progress.isReported &&= ticks === progress.ticks;
    if (scrapes.length > 0) await parts.metricsStore.write(metrics, scrapes, this.#writer);
    for (const { progress, ticks } of portions) progress.ticks = ticks;
    await this.#report();
  }

  /** Series of a deleted experiment are removed again: its removal came before this write. */
  async #report(): Promise<void> {
    const { parts, metrics, pool } = this.#context;
    const unreported = [...this.#progress.values()].filter(({ isReported }) => !isReported);
    if (unreported.length === 0) return;
    const gone = await reportWritten(pool, unreported);
    for (const experiment of new Set(gone.map((one) => one.experiment)))
      await parts.metricsStore.forgetExperiment(metrics, this.#tenant, experiment, this.#writer);
    for (const progress of unreported) progress.isReported = true;
  }

  /** Reads how far new deployments are written: another agent may have written more than it has reported. */
  async #learn(deployments: readonly AssignedDeployment[]): Promise<void> {
    const unknown = deployments.filter((deployment) => deployment.isNew || !this.#progress.has(keyOf(deployment)));
    if (unknown.length === 0) return;
    const { parts, metrics } = this.#context;
    const written = await parts.metricsStore.written(
      metrics,
      this.#tenant,
      unknown.map(({ experiment }) => experiment),
    );
    const ticksOfEach = new Map(written.map((one) => [keyOf(one), one.ticks]));
    for (const { experiment, variant, ticks_written: reported } of unknown) {
      const key = keyOf({ experiment, variant });
      const ticks = Math.max(ticksOfEach.get(key) ?? 0, reported);
      this.#progress.set(key, { experiment, variant, ticks, isReported: ticks === reported });
    }
  }

  #ticksDue(deployment: AssignedDeployment, time: Date): number {
    const { times } = this.#context.configuration;
    return Math.min(Math.floor(elapsed(deployment, time) / times.scrape), ticksOf(deployment.duration, times.scrape));
  }

  #forgetAllBut(running: readonly RunningDeployment[]): void {
    const keys = new Set(running.map(({ deployment }) => keyOf(deployment)));
    for (const [key, { isReported }] of this.#progress) if (isReported && !keys.has(key)) this.#progress.delete(key);
  }
}

function pointsIn(scrapes: readonly Scrape[]): number {
  return scrapes.reduce((sum, { points }) => sum + points.length, 0);
}
