import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import type { Internals } from '../../fixtures/platform.ts';
import type { Chaos, Experiment, Tenant } from '../../helpers/clients/index.ts';
import type { ProcessName } from '../../helpers/platform/index.ts';

test('without the config generator, running experiments go on and new ones wait', async ({
  experiments,
  updates,
  chaos,
}) => {
  const running = await test.step('an experiment runs', async () => {
    const experiment = await experiments.create({ config: { duration: '1500ms' } });
    await updates.waitForState(experiment, 'running');
    return experiment;
  });

  await test.step('the config generator fails', () => chaos.stop('config-generator'));

  const waiting = await test.step('a new experiment is accepted, and waits for its configuration', async () => {
    const experiment = await experiments.create({ name: 'post-recovery-exp', config: { duration: '300ms' } });
    await updates.waitForState(experiment, 'initializing');
    return experiment;
  });

  await test.step('the running one is unharmed, to its end', async () => {
    await updates.waitForState(running, 'completed');
    expect(updates.states(running)).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
    expect(await waiting.get(), 'the one that waits for its configuration').toMatchObject({ state: 'initializing' });
  });

  await test.step('with the config generator back, the new one works', async () => {
    await chaos.start('config-generator');
    await expect(waiting).toReach('completed');
  });
});

test('a new controller finishes what a killed one began', async ({ experiments, updates, chaos }) => {
  const experiment = await experiments.create({ config: { duration: '800ms' } });
  await updates.waitForState(experiment, 'running');
  chaos.kill('controller');
  await chaos.ready('controller');
  await expect(experiment).toReach('completed');
});

test("events during a controller's freeze are published afterwards", async ({ experiments, updates, chaos }) => {
  const experiment = await experiments.create({ config: { duration: '500ms' } });
  const { timestamp } = await updates.waitForState(experiment, 'running');
  chaos.freeze('controller');
  await expect
    .poll(() => Date.now() - Date.parse(timestamp), 'milliseconds since it began to run')
    .toBeGreaterThan(500);
  chaos.thaw('controller');

  await updates.waitForState(experiment, 'completed');
  const told = updates.events.filter(({ data }) => data['experiment_id'] === experiment.id);
  expect(
    told
      .filter(({ type }) => type === 'progress.update')
      .map(({ data }) => data['progress_percentage'])
      .at(-1),
    'the last progress',
  ).toBe(100);
  expect(told.filter(({ type }) => type === 'metrics.update').map(({ data }) => data['variant'])).toEqual([
    'baseline',
    'candidate',
  ]);
});

test("a frozen agent's pipelines move to the other agent and nothing is counted twice after the thaw", async ({
  createTenant,
  chaos,
  internals,
}) => {
  const tenant = createTenant();
  const experiment = await tenant.experiments.create({ config: { duration: '4s', process_count: 5 } });
  await expect(experiment).toReach('running');
  const before = await experiment.deployments();
  const frozen = before[0]!.agent as ProcessName;
  chaos.freeze(frozen);
  await expect
    .poll(async () => (await experiment.deployments()).map(({ agent }) => agent), {
      message: 'the agents that have the pipelines',
      timeout: 10_000,
    })
    .not.toContain(frozen);
  chaos.thaw(frozen);

  await expect(experiment).toReach('completed');
  await expectWholeSeries(internals, [experiment], 80);
});

test("an agent's failed report is sent again", async ({ experiments, internals: { postgres } }) => {
  await postgres.query(`
    CREATE SEQUENCE reports;
    CREATE FUNCTION refuse_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('reports') = 1 THEN RAISE 'refused by a test'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER refuse_first BEFORE UPDATE OF applied_version ON deployments FOR EACH ROW EXECUTE FUNCTION refuse_first()`);
  try {
    await expect(await experiments.create({ config: { duration: '300ms' } })).toReach('completed');
    const [reports] = await postgres.query<{ last: number }>('SELECT last_value::int AS last FROM reports');
    expect(reports!.last, 'reports').toBeGreaterThan(2);
  } finally {
    await postgres.query('DROP FUNCTION refuse_first CASCADE; DROP SEQUENCE reports');
  }
});

test("an agent's failed report does not delay other experiments", async ({
  experiments,
  chaos,
  internals: { postgres },
}) => {
  await chaos.stop('agent-2'); // so that one agent has both
  await postgres.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM experiments WHERE id = NEW.experiment_id AND name = 'refused by a test') THEN RAISE 'refused by a test'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE OF applied_version ON deployments FOR EACH ROW EXECUTE FUNCTION refuse()`);
  let refused: Experiment;
  try {
    refused = await experiments.create({ name: 'refused by a test', config: { duration: '300ms' } });
    await expect(await experiments.create({ config: { duration: '300ms' } })).toReach('completed');
    expect(await refused.get(), 'whose agent cannot report').toMatchObject({ state: 'initializing' });
  } finally {
    await postgres.query('DROP FUNCTION refuse CASCADE');
  }
  await expect(refused).toReach('completed');
});

/** After each, what was accepted before it has completed. */
const rounds = 10;

for (const name of ['gateway', 'controller', 'config-generator', 'agent-1', 'agent-2'] as const) {
  test(
    `fifty kills of the ${name} leave no experiment lost, stuck or run twice`,
    { tag: '@long' },
    async ({ createTenant, chaos, internals }) => {
      test.setTimeout(600_000);
      const tenant = createTenant();
      const five = [1, 2, 3, 4, 5];
      let isOver = false;
      const lifecycles = Promise.all(five.map(() => completeExperimentsUntil(tenant, internals, chaos, () => isOver)));
      await test.step('kill it fifty times, while five experiments are under way at any moment', async () => {
        for (let round = 1; round <= rounds; round++) {
          const before = tenant.experiments.created.map(({ id }) => id);
          await killAtRandom(chaos, name, 50 / rounds);
          // Killing forever would leave no time for progress on a slow machine.
          await expect
            .poll(() => notCompleted(before, internals), {
              message: `experiments that round ${round} has met and that are not completed`,
              timeout: 60_000,
              intervals: [100],
            })
            .toEqual([]);
        }
      });
      isOver = true;
      await test.step('all that were accepted complete', () => lifecycles);
      const accepted = tenant.experiments.created;
      expect(accepted.length, 'experiments that were accepted').toBeGreaterThanOrEqual(5 * (rounds - 1));

      await test.step('each has passed through every state once', async () => {
        const events = await internals.postgres.query<{ id: string; states: string[] }>(
          `SELECT experiment_id AS id, array_agg(data->>'current_state' ORDER BY number) AS states FROM events WHERE tenant_id = $1 AND type = 'experiment.state_changed' GROUP BY 1`,
          [tenant.id],
        );
        const states = new Map(events.map(({ id, states: passed }) => [id, passed]));
        for (const { id } of accepted)
          expect(states.get(id), id).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
      });

      await test.step('and has all of its series', async () => {
        await expectWholeSeries(internals, accepted, 6);
      });
    },
  );
}

/** Creates experiments and waits for their completion, one after the other, until aborted. */
async function completeExperimentsUntil(
  { experiments }: Tenant,
  { postgres }: Internals,
  chaos: Chaos<ProcessName>,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    // While the gateway is away there is no answer, and so no promise to keep.
    const experiment = await experiments
      .create({ config: { duration: '300ms', process_count: 2 } })
      .catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error;
      });
    if (experiment === undefined) {
      await chaos.ready('gateway'); // to ask in vain until then would only take the CPU that it starts with
      continue;
    }
    await expect
      .poll(
        async () => {
          const [row] = await postgres.query<{ state: string; reason: string }>(
            `SELECT data->>'current_state' AS state, data->>'reason' AS reason FROM events WHERE experiment_id = $1 AND type = 'experiment.state_changed' ORDER BY number DESC LIMIT 1`,
            [experiment.id],
          );
          return `${row?.state}: ${row?.reason}`;
        },
        { message: `the end of ${experiment.id}`, timeout: 60_000 },
      )
      .toMatch(/^completed: /);
  }
}

async function notCompleted(ids: readonly string[], { postgres }: Internals): Promise<string[]> {
  const rows = await postgres.query<{ id: string }>(
    `SELECT id FROM experiments WHERE id = ANY($1) AND state <> 'completed'`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Kills a process several times, each time after a random delay. */
async function killAtRandom(chaos: Chaos<ProcessName>, name: ProcessName, times: number): Promise<void> {
  const { starts } = chaos.process(name);
  for (let time = 0; time < times; time++) {
    await chaos.ready(name);
    await delay(Math.random() * 400);
    chaos.kill(name);
  }
  await chaos.ready(name);
  expect(chaos.process(name).starts - starts, 'starts').toBe(times);
}

/** Both variants of each experiment have exactly one scrape for every second tick. */
async function expectWholeSeries(
  { clickhouse }: Internals,
  experiments: readonly Experiment[],
  ticks: number,
): Promise<void> {
  const rows = await clickhouse.query<{ id: string; variant: string; ticks: number[] }>(
    'SELECT experiment_id AS id, variant, arraySort(groupArray(tick)) AS ticks FROM scrapes FINAL WHERE experiment_id IN {ids: Array(UUID)} GROUP BY id, variant ORDER BY variant',
    { ids: experiments.map(({ id }) => id) },
  );
  const expected = Array.from({ length: ticks / 2 }, (_, index) => 2 * index + 1);
  for (const { id } of experiments)
    expect(
      rows.filter((row) => row.id === id).map(({ variant, ticks: found }) => ({ variant, ticks: found })),
      id,
    ).toEqual([
      { variant: 'baseline', ticks: expected },
      { variant: 'candidate', ticks: expected },
    ]);
}
