import { inspect } from 'node:util';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Context } from '../../process.ts';
import { openPool } from '../../store/database.ts';
import type { StoredExperiment } from '../store/experiments.ts';
import { Listener } from '../../store/listener.ts';
import { transit, type Transition } from '../store/transitions.ts';
import { Looker } from '../../store/looker.ts';
import type { ConfigurationClient } from './generator.ts';
import type { ControllerParts } from './parts.ts';

const connections = 5;

/** What a step works with. */
export interface ControllerContext extends Context<ControllerParts> {
  readonly pool: pg.Pool;
  readonly metrics: ClickHouseClient;
  readonly generator: ConfigurationClient;
  /** Moves an experiment on, unless somebody else was faster. */
  readonly move: (experiment: Pick<StoredExperiment, 'id' | 'tenant' | 'state'>, transition: Omit<Transition, 'at'>) => Promise<void>;
}

/**
 * Carries experiments through their states. Keeps nothing in memory: each look reads what there is, and does for each
 * experiment what its state calls for; so one that starts anew, or a second one, goes on where the first was.
 */
export class Controller {
  readonly #context: ControllerContext;
  readonly #looker: Looker;

  constructor(context: Context<ControllerParts>, generator: string) {
    const { configuration, parts } = context;
    const pool = openPool(configuration.postgres, connections);
    this.#context = {
      ...context,
      pool,
      metrics: createClient({ url: configuration.clickhouse, request_timeout: 10_000, log: { level: 127 } }),
      generator: parts.configurationClient(generator),
      move: async (experiment, transition) => {
        if (!parts.stateMachine.allows(experiment.state, transition.to)) throw new Error(`No way from ${experiment.state} to ${transition.to}`);
        await transit(pool, experiment, { ...transition, at: parts.clock.now() });
      },
    };
    this.#looker = new Looker(() => this.#look(), configuration.times.look);
  }

  /** Returns when it hears what happens. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['events', 'applied'], () => this.#looker.wake()).open();
  }

  async #look(): Promise<void> {
    const { pool, parts, configuration, move } = this.#context;
    const next = await parts.queue.next(pool, configuration.limits.experimentsAtWork);
    for (const experiment of next) await move(experiment, { to: 'initializing', reason: 'its turn has come' });
    const unfinished = await parts.queue.unfinished(pool);
    await each(unfinished, (experiment) => parts.steps[experiment.state as keyof typeof parts.steps](experiment, this.#context));
  }
}

/** One that fails keeps no other from going on, and is tried again at the next look. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled(items.map(work))) if (result.status === 'rejected') process.stderr.write(`${inspect(result.reason)}\n`);
}
