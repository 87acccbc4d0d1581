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
 * Carries experiments through their states. Keeps nothing in memory: each look reads what there is, and does for each
 * experiment what its state calls for; so one that starts anew, or a second one, goes on where the first was. A look
 * waits for none of them: one that somebody holds, or that fails, is tried again at the next look.
 */
export class Controller {
  readonly #context: Context<ControllerParts, PlatformConfiguration> & StepContext;
  readonly #looker: Reconciler;
  readonly #lanes = new KeyedQueue(() => this.#looker.wake());

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
    this.#looker = new Reconciler(() => this.#look(), configuration.times.look);
  }

  /** Returns when it hears what happens. */
  async open(): Promise<void> {
    await new Listener(this.#context.configuration.postgres, ['events', 'applied'], () => this.#looker.wake()).open();
  }

  async #look(): Promise<void> {
    const {
      pool,
      parts,
      configuration: { limits },
    } = this.#context;
    const next = group(await parts.queue.next(pool, limits.experimentsAtWork), ({ tenant }) => tenant);
    for (const [tenant, experiments] of next) this.#lanes.run(`queue of ${tenant}`, () => this.#beginAll(experiments));
    for (const experiment of await parts.queue.unfinished(pool))
      this.#lanes.run(experiment.id, () =>
        parts.steps[experiment.state as keyof typeof parts.steps](experiment, this.#context),
      );
  }

  /** One after the other, as they were created; one that fails keeps no other from its turn. */
  async #beginAll(experiments: readonly PendingExperiment[]): Promise<void> {
    for (const experiment of experiments) await this.#begin(experiment).catch(logFailure);
  }

  /** Unless a user has begun another one meanwhile. */
  async #begin(experiment: PendingExperiment): Promise<void> {
    const {
      pool,
      parts,
      configuration: { limits },
      move,
    } = this.#context;
    await transaction(pool, async (client) => {
      await client.query('SELECT FROM experiments WHERE id = $1 FOR UPDATE', [experiment.id]); // before what is the tenant's, as everywhere
      if (await parts.queue.hasRoom(client, experiment.tenant, limits.experimentsAtWork))
        await move(experiment, { to: 'initializing', reason: 'its turn has come' }, client);
    });
  }
}
