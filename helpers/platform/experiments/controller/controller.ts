import { createClient } from '@clickhouse/client';
import { group } from 'd3-array';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { openPool, transaction } from '../../kernel/store/database.ts';
import { KeyedQueue, logFailure } from '../keyed-queue.ts';
import { Listener } from '../../kernel/store/listener.ts';
import { transit } from '../store/transitions.ts';
import { Reconciler } from '../../kernel/reconciler.ts';
import type { PendingExperiment, StepContext } from './context.ts';
import type { ControllerParts } from './parts.ts';

const connections = 5;

/**
 * Carries experiments through their states. Keeps nothing in memory: each pass reads the stored experiments, and takes
 * the step of each one's state; so a new or a second controller continues where the first was. A pass waits for no
 * experiment: one that is locked, or whose step fails, is retried in the next pass.
 */
export class Controller {
  readonly #context: Context<ControllerParts, PlatformConfiguration> & StepContext;
  readonly #reconciler: Reconciler;
  readonly #lanes = new KeyedQueue(() => this.#reconciler.wake());

  constructor(context: Context<ControllerParts, PlatformConfiguration>, generator: string) {
    const { configuration, parts } = context;
    const pool = openPool(configuration.postgres, connections, { lock: configuration.times.lock });
    this.#context = {
      ...context,
      pool,
      metrics: createClient({ url: configuration.clickhouse, request_timeout: 10_000, log: { level: 127 } }),
      generator: parts.configurationClient(generator, configuration.secret),
      move: async (experiment, transition, db = pool) => {
        if (!parts.stateMachine.allows(experiment.state, transition.to))
          throw new Error(`No way from ${experiment.state} to ${transition.to}`);
        await transit(db, experiment, { ...transition, at: parts.clock.now() });
      },
    };
    this.#reconciler = new Reconciler(() => this.#look(), configuration.times.look);
  }

  /** Resolves when it listens for changes. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['events', 'applied'], () =>
      this.#reconciler.wake(),
    ).open();
  }

  async #look(): Promise<void> {
    const { pool, parts, configuration } = this.#context;
    const pending = await parts.queue.next(pool, configuration.limits.experimentsAtWork);
    const next = group(pending, ({ tenant }) => tenant);
    for (const [tenant, experiments] of next) this.#lanes.run(`queue of ${tenant}`, () => this.#beginAll(experiments));
    for (const experiment of await parts.queue.unfinished(pool))
      this.#lanes.run(experiment.id, () =>
        parts.steps[experiment.state as keyof typeof parts.steps](experiment, this.#context),
      );
  }

  /** In the order of their creation; a failure does not block the others. */
  async #beginAll(experiments: readonly PendingExperiment[]): Promise<void> {
    for (const experiment of experiments) await this.#begin(experiment).catch(logFailure);
  }

  /** Begins an experiment, unless a user has started another one meanwhile. */
  async #begin(experiment: PendingExperiment): Promise<void> {
    const { pool, parts, configuration, move } = this.#context;
    await transaction(pool, async (client) => {
      await client.query('SELECT FROM experiments WHERE id = $1 FOR UPDATE', [experiment.id]); // locked before the tenant's rows, as everywhere
      if (await parts.queue.hasRoom(client, experiment.tenant, configuration.limits.experimentsAtWork))
        await move(experiment, { to: 'initializing', reason: 'its turn has come' }, client);
    });
  }
}
