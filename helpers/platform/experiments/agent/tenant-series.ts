import type { ClickHouseClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import type { Scrape } from '../metrics/store.ts';
import { type Pipeline, simulate } from '../pipelines/index.ts';
import { type AssignedDeployment, keyOf, reportWritten, type WriteProgress } from '../store/deployments.ts';
import { elapsed, momentAfter } from '../store/experiment-reader.ts';
import { isScraped, ticksOf } from '../ticks.ts';
import type { AgentParts } from './parts.ts';

/**
 * Points of one deployment, and of all before they are written: more would keep the process from everything else for
 * too long.
 */
const pointsAtOnce = 50_000;
/** Scrapes of one deployment that are made up for at a time, when an agent was away. */
const ticksAtOnce = 100;

export interface AgentContext extends Context<AgentParts, PlatformConfiguration> {
  readonly pool: pg.Pool;
  readonly metrics: ClickHouseClient;
  /** The agent's name as a user of the server, which others use as well. */
  readonly writer: string;
}

/** A deployment, and what runs for it. */
export interface RunningDeployment {
  readonly deployment: AssignedDeployment;
  readonly pipeline: Pipeline;
}

/** How far the series of a deployment are written. */
interface Progress extends WriteProgress {
  ticks: number;
  isReported: boolean;
}

/** What comes next of a deployment's series. */
interface Portion {
  readonly progress: Progress;
  /** Done with these. */
  readonly ticks: number;
  readonly scrapes: readonly Scrape[];
}

/** The series of one tenant: what its pipelines have to report, as far as it is not written. */
export class TenantSeries {
  readonly #context: AgentContext;
  readonly #tenant: string;
  /** One for each tenant: none waits for another's. */
  readonly #writer: string;
  readonly #progress = new Map<string, Progress>();

  constructor(context: AgentContext, tenant: string) {
    this.#context = context;
    this.#tenant = tenant;
    this.#writer = `${context.writer} for ${tenant}`;
  }

  /** Whether all that was written is reported, and nothing runs. */
  get isOver(): boolean {
    return this.#progress.size === 0;
  }

  /**
   * Writes what is to be scraped by this time and has not been, together as far as it is not too much. Returns whether
   * that was all.
   */
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

  /** One scrape at least, if one is due. */
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
    // before they are written: an answer may be lost
    for (const { progress, ticks } of portions) progress.isReported &&= ticks === progress.ticks;
    if (scrapes.length > 0) await parts.metricsStore.write(metrics, scrapes, this.#writer);
    for (const { progress, ticks } of portions) progress.ticks = ticks;
    await this.#report();
  }

  /** What turns out to be gone has been removed before this was written, and is removed again. */
  async #report(): Promise<void> {
    const { parts, metrics, pool } = this.#context;
    const unreported = [...this.#progress.values()].filter(({ isReported }) => !isReported);
    if (unreported.length === 0) return;
    const gone = await reportWritten(pool, unreported);
    for (const experiment of new Set(gone.map((one) => one.experiment)))
      await parts.metricsStore.forgetExperiment(metrics, this.#tenant, experiment, this.#writer);
    for (const progress of unreported) progress.isReported = true;
  }

  /**
   * Another agent may have written more than it could report: the series themselves tell, of all that are new in one
   * query.
   */
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
