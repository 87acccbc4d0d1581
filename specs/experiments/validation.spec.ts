import { expect, test } from '../../fixtures/index.ts';
import { experimentRequest, type ApiResponse } from '../../helpers/clients/index.ts';

const path = '/api/v1/experiments';

/** The body of a valid request with one field replaced; `undefined` removes the field. */
function replaced(field: string, value: unknown): unknown {
  const body = structuredClone(experimentRequest()) as unknown as Record<string, unknown>;
  const parts = field.split('.');
  let target = body;
  for (const part of parts.slice(0, -1)) target = (target[part] ??= {}) as Record<string, unknown>;
  target[parts.at(-1)!] = value;
  return body;
}

function fieldsOf({ body }: ApiResponse): string[] {
  return (
    (body as { error: { details: { field_errors?: { field: string }[] } } }).error.details.field_errors?.map(
      ({ field }) => field,
    ) ?? []
  );
}

test.describe("each field's limits are checked", () => {
  const long = (length: number) => 'x'.repeat(length);
  const limits: Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }> = {
    name: {
      good: [long(3), long(100), 'Ünïcödé ✓'],
      bad: [undefined, null, 5, '', long(2), long(101), 'tab\there', 'null\u0000', '\ud800half'],
    },
    description: { good: [undefined, '', long(500)], bad: [null, 7, long(501), 'line\nbreak'] },
    baseline_pipeline: { good: ['process-topk-v1'], bad: [undefined, '', 'process-nothing-v1', 1] },
    candidate_pipeline: { good: ['process-topk-v1'], bad: [undefined, '', 'process-nothing-v1', {}] },
    target_nodes: {
      good: [['a'], ['A-1.b_c', 'd']],
      bad: [undefined, [], 'node1', [''], ['with space'], ['-x'], ['a', 'a'], [long(64)], [1]],
    },
    config: { good: [], bad: [undefined, null, 'thirty minutes', {}] },
    'config.duration': {
      good: ['100ms', '30m', '2h', '24h'],
      bad: [undefined, '', '30', '-5m', '99ms', '25h', '1.5h', '30 m', 1800],
    },
    'config.traffic_split': {
      good: [{ baseline_percentage: 0, candidate_percentage: 100 }],
      bad: [
        { baseline_percentage: 50, candidate_percentage: 49 },
        { baseline_percentage: 50 },
        { baseline_percentage: 101, candidate_percentage: -1 },
        { baseline_percentage: 50.5, candidate_percentage: 49.5 },
      ],
    },
    'config.success_criteria.min_cardinality_reduction': { good: [0, 33.3, 100], bad: [-0.1, 100.1, '30', null] },
    'config.success_criteria.max_latency_increase': { good: [0, 100], bad: [-1, 101, '10'] },
    'config.success_criteria.max_error_rate': { good: [0, 100], bad: [-1, 101, true] },
    'config.success_criteria.critical_process_coverage': { good: [0, 100], bad: [-1, 101, []] },
    'config.load_profile': {
      good: ['realistic', 'high-cardinality', 'spike', 'steady', 'high-churn', 'chaos'],
      bad: ['calm', '', 1],
    },
    'config.process_count': { good: [1, 1000], bad: [0, 1001, 1.5, '20'] },
    'config.critical_processes': { good: [[], ['postgres']], bad: ['postgres', [''], ['a', 'a']] },
    somethingElse: { good: [], bad: [1] },
    'config.somethingElse': { good: [], bad: [1] },
  };

  for (const [field, { good, bad }] of Object.entries(limits)) {
    test(field, async ({ createTenant }) => {
      const { experiments } = createTenant();
      for (const value of good) {
        expect(
          await experiments.send(path, { method: 'POST', body: replaced(field, value) }),
          JSON.stringify(value),
        ).toMatchObject({ status: 201 });
      }
      for (const value of bad) {
        const answer = await experiments.send(path, { method: 'POST', body: replaced(field, value) });
        expect(answer, JSON.stringify(value)).toMatchObject({
          status: 400,
          body: {
            error: {
              code: 'VALIDATION_ERROR',
              message: expect.any(String),
              trace_id: expect.any(String),
              timestamp: expect.any(String),
            },
          },
        });
        expect(
          fieldsOf(answer).some((found) => found.startsWith(field)),
          `${JSON.stringify(fieldsOf(answer))} names ${field}`,
        ).toBe(true);
      }
      expect((await experiments.list())._meta.total_count, 'experiments that were created').toBe(good.length);
    });
  }

  test('every invalid field is named', async ({ tenant }) => {
    const answer = await tenant.experiments.send(path, {
      method: 'POST',
      body: { name: 'x', target_nodes: [], config: { duration: 'soon' } },
    });
    expect(new Set(fieldsOf(answer))).toEqual(
      new Set(['name', 'target_nodes', 'config.duration', 'baseline_pipeline', 'candidate_pipeline']),
    );
  });
});

test.describe('an invalid request is refused', () => {
  const bodies: Record<
    string,
    { readonly body: string; readonly type?: string; readonly status: number; readonly code: string }
  > = {
    'not JSON': { body: '{"name": ', status: 400, code: 'VALIDATION_ERROR' },
    nothing: { body: '', status: 400, code: 'VALIDATION_ERROR' },
    'a list': { body: '[]', status: 400, code: 'VALIDATION_ERROR' },
    null: { body: 'null', status: 400, code: 'VALIDATION_ERROR' },
    'a poisoned prototype': { body: '{"__proto__": {"name": "x"}}', status: 400, code: 'VALIDATION_ERROR' },
    'too large': {
      body: JSON.stringify(experimentRequest({ description: 'x'.repeat(70_000) })),
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
    },
    'of another type': {
      body: 'name=x',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
  };

  for (const [name, { body, type = 'application/json', status, code }] of Object.entries(bodies)) {
    test(name, async ({ tenant }) => {
      expect(
        await tenant.experiments.send(path, { method: 'POST', body, headers: { 'content-type': type } }),
      ).toMatchObject({ status, body: { error: { code } } });
    });
  }

  test('a malformed id is 400 and an unknown one 404', async ({ tenant }) => {
    expect(await tenant.experiments.send(`${path}/exp-1`)).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { field_errors: [{ field: 'id' }] } } },
    });
    expect(await tenant.experiments.send(`${path}/00000000-0000-4000-8000-000000000000`)).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
    expect(await tenant.experiments.send('/api/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
  });
});

test('a busy node is named, and is free again after the experiment', async ({ experiments }) => {
  const first = await experiments.create({ target_nodes: ['busy-1', 'busy-2'], config: { duration: '30m' } });
  const second = experimentRequest({ target_nodes: ['busy-2', 'idle-1'], config: { duration: '30m' } });
  expect(await experiments.send(path, { method: 'POST', body: second })).toMatchObject({
    status: 409,
    body: { error: { code: 'CONFLICT', details: { nodes: ['busy-2'] } } },
  });
  await first.cancel();
  await experiments.create(second);
});

test.describe('pages', () => {
  test('a page has its size, number and links to its neighbours', async ({ createTenant }) => {
    const { experiments } = createTenant();
    for (let number = 0; number < 7; number++)
      await experiments.create({ name: `number ${number}`, config: { duration: '30m', process_count: 1 } });
    const names = ({ experiments: page }: Awaited<ReturnType<typeof experiments.list>>) => page.map(({ name }) => name);

    const second = await experiments.list({ page: 2, per_page: 3, sort: 'created_at' });
    expect(names(second)).toEqual(['number 3', 'number 4', 'number 5']);
    expect(second._meta, 'what a page tells of the whole').toEqual({
      current_page: 2,
      per_page: 3,
      total_pages: 3,
      total_count: 7,
    });
    expect(names(await experiments.call(second._links.next!))).toEqual(['number 6']);
    expect(names(await experiments.call(second._links.prev!))).toEqual(['number 0', 'number 1', 'number 2']);
    const last = await experiments.call<typeof second>(second._links.last);
    expect(last._links).toMatchObject({ next: null, self: second._links.last });
    expect((await experiments.call<typeof second>(second._links.first))._links.prev).toBeNull();

    expect(names(await experiments.list())).toEqual([
      'number 6',
      'number 5',
      'number 4',
      'number 3',
      'number 2',
      'number 1',
      'number 0',
    ]); // the newest first
    expect(names(await experiments.list({ sort: '-name', per_page: 1 }))).toEqual(['number 6']);
    const beyond = await experiments.list({ page: 9, per_page: 3 });
    expect({ found: names(beyond), total: beyond._meta.total_count }).toEqual({ found: [], total: 7 });
  });

  test('a page contains the requested states and order', async ({ createTenant }) => {
    const { experiments } = createTenant();
    const [done, going] = [
      await experiments.create({ config: { duration: '300ms' } }),
      await experiments.create({ config: { duration: '30m' } }),
    ];
    await expect(done).toReach('completed');
    await expect(going).toReach('running');
    const ids = async (query: Parameters<typeof experiments.list>[0]) =>
      (await experiments.list(query)).experiments.map(({ id }) => id);
    expect(await ids({ state: ['completed'] })).toEqual([done.id]);
    expect(await ids({ state: ['running', 'failed'] })).toEqual([going.id]);
    expect(await ids({ state: ['running', 'completed'], sort: 'created_at' })).toEqual([done.id, going.id]);
    const { created_at: between } = await going.get();
    expect(await ids({ created_before: between })).toEqual([done.id]);
    expect(await ids({ created_after: (await done.get()).created_at })).toEqual([going.id]);
  });

  for (const query of [
    'page=0',
    'page=-1',
    'page=one',
    'per_page=0',
    'per_page=101',
    'sort=colour',
    'sort=name;DROP TABLE experiments',
    'state=asleep',
    'created_after=yesterday',
    'created_after=0000-01-01T00:00:00Z',
    'colour=red',
  ]) {
    test(`?${query} is 400`, async ({ tenant }) => {
      expect(await tenant.experiments.send(`${path}?${encodeURI(query)}`)).toMatchObject({
        status: 400,
        body: {
          error: {
            code: 'VALIDATION_ERROR',
            details: { field_errors: [{ field: expect.stringContaining(query.split('=')[0]!) }] },
          },
        },
      });
    });
  }
});

test.describe('state transitions', () => {
  test('an action is 409 in the wrong state and changes nothing', async ({ experiments, updates }) => {
    const over = await experiments.create({ config: { duration: '300ms' } });
    await expect(over).toReach('completed');
    for (const action of ['start', 'pause', 'resume', 'cancel'] as const)
      await expect(over[action](), `${action} when completed`).toBeRefused(400, 'INVALID_TRANSITION');
    expect(await over.get()).toMatchObject({ state: 'completed', paused: false });

    const running = await experiments.create({ config: { duration: '30m' } });
    await updates.waitForState(running, 'running');
    for (const action of ['start', 'resume'] as const)
      await expect(running[action](), `${action} when running`).toBeRefused(400, 'INVALID_TRANSITION');
    await running.pause();
    await expect(running.pause(), 'pause when paused').toBeRefused(400, 'INVALID_TRANSITION');
    await running.cancel();
    for (const action of ['start', 'pause', 'resume', 'cancel'] as const)
      await expect(running[action](), `${action} when cancelled`).toBeRefused(400, 'INVALID_TRANSITION');
    await updates.waitForState(running, 'cancelled');
    expect(updates.states(running)).toEqual(['pending', 'initializing', 'running', 'cancelled']);
  });

  test('load and pipelines of a finished experiment cannot be changed', async ({ experiments }) => {
    const [completed, failed, cancelled] = [
      await experiments.create({ config: { duration: '300ms' } }),
      await experiments.create({ config: { duration: '300ms', success_criteria: { min_cardinality_reduction: 100 } } }),
      await experiments.create({ config: { duration: '30m' } }),
    ];
    await expect(cancelled).toReach('running');
    await cancelled.cancel();
    for (const [state, over] of [
      ['completed', completed],
      ['failed', failed],
      ['cancelled', cancelled],
    ] as const) {
      await expect(over).toReach(state);
      const before = { ...(await over.get()), deployments: await over.deployments() };
      const refusal = { status: 409, code: 'CONFLICT', body: { error: { message: `The experiment is ${state}` } } };
      await expect(over.simulate({ profile: 'spike', process_count: 7 })).rejects.toMatchObject(refusal);
      await expect(over.changePipeline({ processors: [] })).rejects.toMatchObject(refusal);
      expect({ ...(await over.get()), deployments: await over.deployments() }).toEqual(before);
    }
  });

  test('an unknown action is 400', async ({ experiments }) => {
    const experiment = await experiments.create({ config: { duration: '30m' } });
    for (const body of [
      {},
      { action: 'explode' },
      { action: 'running' },
      { action: 'cancel', reason: 5 },
      { action: 'cancel', state: 'completed' },
    ]) {
      expect(
        await experiments.send(`${path}/${experiment.id}/state`, { method: 'PATCH', body }),
        JSON.stringify(body),
      ).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
    }
  });

  test('start takes a queued experiment out of the queue', async ({ createTenant, chaos }) => {
    await chaos.stop('controller'); // so that nothing starts by itself
    const tenant = createTenant();
    const experiment = await tenant.experiments.create({ config: { duration: '300ms' } });
    expect(await experiment.start('at once')).toMatchObject({
      previous_state: 'pending',
      current_state: 'initializing',
    });
    await expect(experiment.start()).toBeRefused(400, 'INVALID_TRANSITION');
    await chaos.start('controller');
    await expect(experiment).toReach('completed');
  });

  test('an experiment locked by another request is 423', async ({ experiments, internals, updates }) => {
    const experiment = await experiments.create({ config: { duration: '30m' } });
    await updates.waitForState(experiment, 'running');
    const client = await internals.postgres.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT * FROM experiments WHERE id = $1 FOR UPDATE', [experiment.id]);
    await expect(experiment.cancel()).toBeRefused(423, 'LOCKED');
    await client.query('ROLLBACK');
    client.release();
    await experiment.cancel();
  });
});
