import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '../../fixtures/index.ts';
import { UpdatesClient } from '../../helpers/clients/index.ts';

test("an experiment's states arrive in order, one per message, without gaps", async ({ createTenant }) => {
  const tenant = createTenant();
  const updates = await tenant.updates();
  const experiment = await tenant.experiments.create({ name: 'watched', config: { duration: '500ms' } });
  await updates.waitForState(experiment, 'completed');

  expect(updates.states(experiment)).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
  expect(updates.events.map(({ id }) => id)).toEqual(updates.events.map((_, index) => index + 1));
  expect(updates.events[0]).toMatchObject({
    type: 'experiment.state_changed',
    data: {
      experiment_id: experiment.id,
      previous_state: null,
      current_state: 'pending',
      reason: 'created',
      metadata: { name: 'watched' },
    },
  });
  expect(updates.events.filter(({ type }) => type === 'progress.update').map(({ data }) => data['phase'])).toContain(
    'running',
  );
  expect(updates.events.filter(({ type }) => type === 'metrics.update').map(({ data }) => data['variant'])).toEqual([
    'baseline',
    'candidate',
  ]);
});

test("a client receives no other tenant's events", async ({ createTenant }) => {
  const [ana, ben] = [createTenant('ana'), createTenant('ben')];
  const [hers, his] = await Promise.all([ana.updates(), ben.updates()]);
  const [one, other] = await Promise.all([
    ana.experiments.create({ config: { duration: '300ms' } }),
    ben.experiments.create({ config: { duration: '300ms' } }),
  ]);
  await Promise.all([hers.waitForState(one, 'completed'), his.waitForState(other, 'completed')]);

  expect(
    new Set(hers.events.map(({ data }) => data['experiment_id'])),
    'the experiments that a tenant hears of',
  ).toEqual(new Set([one.id]));
  expect(new Set(his.events.map(({ data }) => data['experiment_id']))).toEqual(new Set([other.id]));
});

test('a reconnecting client continues where its connection broke', async ({ createTenant }) => {
  const tenant = createTenant();
  const first = await tenant.updates();
  const experiment = await tenant.experiments.create({ config: { duration: '500ms' } });
  await first.waitForState(experiment, 'initializing');
  await first.drop();

  await expect(experiment).toReach('completed'); // while disconnected
  const second = await tenant.updates({ after: first.last });
  await second.waitForState(experiment, 'completed');

  const all = [...first.events, ...second.events];
  expect(
    all.map(({ id }) => id),
    'events before and after the break, without a gap',
  ).toEqual(all.map((_, index) => index + 1));
  expect([...first.states(experiment), ...second.states(experiment)]).toEqual([
    'pending',
    'initializing',
    'running',
    'analyzing',
    'completed',
  ]);
});

test('a gateway crash loses no event', async ({ createTenant, chaos }) => {
  const tenant = createTenant();
  const first = await tenant.updates();
  const experiment = await tenant.experiments.create({ config: { duration: '1s' } });
  await first.waitForState(experiment, 'running');
  chaos.kill('gateway');
  await first.waitForClose();
  await chaos.ready('gateway');

  const second = await tenant.updates({ after: first.last });
  await second.waitForState(experiment, 'completed');
  const all = [...first.events, ...second.events];
  expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
});

test('a slow client delays no other and misses nothing', async ({ createTenant }) => {
  test.slow(); // thousands of experiments
  const tenant = createTenant();
  const [slow, quick] = await Promise.all([tenant.updates(), tenant.updates()]);
  const { length } = await test.step('more events occur than an unread connection holds', async () => {
    slow.pause();
    const description = '🐢'.repeat(500); // four bytes each: more than six megabytes in all
    const batches = Array.from({ length: 25 }, (_, index) => index);
    for (const batch of batches) {
      await Promise.all(
        Array.from({ length: 100 }, (_, number) =>
          tenant.experiments.create({
            name: `event ${batch}-${number}`,
            description,
            config: { duration: '30m', process_count: 1 },
          }),
        ),
      );
    }
    return { length: batches.length * 100 };
  });

  await test.step('the other consumer has had every event meanwhile', async () => {
    await quick.waitForEvents(length, 30_000);
    expect(slow.events.length).toBeLessThan(length);
  });

  await test.step('when it reads again, it gets all in order', async () => {
    slow.resume();
    await slow.waitForEvents(quick.events.length, 30_000);
    expect(slow.events.slice(0, length).map(({ id }) => id)).toEqual(quick.events.slice(0, length).map(({ id }) => id));
  });
});

test('subscriptions select events by channel and filter', async ({ createTenant }) => {
  const tenant = createTenant();
  const [one, other] = await Promise.all([
    tenant.experiments.create({ config: { duration: '300ms' } }),
    tenant.experiments.create({ config: { duration: '300ms' } }),
  ]);
  const states = await tenant.updates({ channels: ['experiments'], filters: { experiment_id: one.id }, after: 0 });
  const progress = await tenant.updates({ channels: ['progress'], after: 0 });
  await states.waitForState(one, 'completed');
  await progress.waitFor({ type: 'progress.update', experiment: other });

  expect(
    states.events.every(({ type, data }) => type === 'experiment.state_changed' && data['experiment_id'] === one.id),
  ).toBe(true);
  expect(states.states(one)).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
  expect(new Set(progress.events.map(({ type }) => type))).toEqual(new Set(['progress.update']));
});

test("an experiment's id is accepted in either case, and a malformed one refused", async ({ createTenant }) => {
  const tenant = createTenant();
  const experiment = await tenant.experiments.create({ config: { duration: '30m' } });
  const id = experiment.id.toUpperCase();
  expect(await tenant.experiments.experiment(id).get()).toMatchObject({ id: experiment.id });
  const updates = await tenant.updates({ filters: { experiment_id: id }, after: 0 });
  await updates.waitForState(experiment, 'running');
  expect(await tenant.experiments.experiment(id).cancel()).toMatchObject({
    id: experiment.id,
    current_state: 'cancelled',
  });
  await updates.waitForState(experiment, 'cancelled');

  for (const none of ['-'.repeat(36), '', `urn:uuid:${id}`, `{${id}}`, `${id}0`]) {
    expect(await updates.subscribe({ filters: { experiment_id: none } }), none).toMatchObject({
      type: 'error',
      error: { code: 'VALIDATION_ERROR' },
    });
    await expect(tenant.experiments.experiment(encodeURIComponent(none || '-')).get(), none).toBeRefused(
      400,
      'VALIDATION_ERROR',
    );
  }
  expect(await updates.subscribe({ filters: { experiment_id: '00000000-0000-4000-8000-000000000000' } })).toMatchObject(
    { type: 'error', error: { code: 'NOT_FOUND' } },
  );
});

test("another tenant's experiments and events cannot be subscribed to", async ({ createTenant }) => {
  const [ana, ben] = [createTenant('ana'), createTenant('ben')];
  const { id } = await ana.experiments.create();
  const updates = await ben.updates();
  for (const filters of [{ experiment_id: id }, { tenant_id: ana.id }])
    expect(await updates.subscribe({ filters })).toMatchObject({
      type: 'error',
      error: { code: 'AUTHORIZATION_ERROR' },
    });
});

test.describe('authentication', () => {
  test('a connection with an invalid token is refused, and closed', async ({ app, platform }) => {
    for (const { name, token } of [{ name: 'empty', token: '' }, ...(await app.createTenant().forgedTokens())]) {
      await using client = await UpdatesClient.connect(platform.url);
      expect(await client.authenticate(token), name).toMatchObject({
        type: 'error',
        error: { code: 'AUTHENTICATION_ERROR' },
      });
      expect(await client.waitForClose(), name).toMatchObject({ code: 4401 });
    }
  });

  for (const message of ['{"type":"subscribe","channels":["experiments"]}', '{"type":"ping"}', 'nonsense']) {
    test(`a message before authentication closes the connection: ${message}`, async ({ platform }) => {
      await using client = await UpdatesClient.connect(platform.url);
      for (let time = 0; time < 3; time++) client.send(message);
      expect(await client.waitForClose()).toEqual({ code: 4401, reason: 'Authenticate first' });
      expect(client.frames.map((frame) => JSON.parse(frame) as unknown)).toEqual([
        { type: 'error', error: { code: 'AUTHENTICATION_ERROR', message: 'Authenticate first' } },
      ]);
    });
  }

  test('a connection that does not authenticate is closed within seconds', async ({ platform }) => {
    await using client = await UpdatesClient.connect(platform.url);
    expect(await client.waitForClose()).toEqual({ code: 4401, reason: 'not authenticated in time' });
  });

  test('a connection is closed when its token expires', async ({ platform, tenant }) => {
    await using client = await UpdatesClient.connect(platform.url);
    expect(await client.authenticate(tenant.sign({ lifetime: 2_000 }))).toMatchObject({
      type: 'authenticated',
      tenant_id: tenant.id,
    });
    expect(await client.waitForClose()).toEqual({ code: 4401, reason: 'the token has expired' });
  });
});

test('a malformed message is answered with an error, and the connection stays open', async ({ updates }) => {
  for (const nonsense of [
    '',
    'null',
    '[]',
    '{"type":"shout"}',
    '{"type":"subscribe","channels":["gossip"]}',
    '{"type":"subscribe"',
    '{"type":"subscribe","channels":["experiments"],"since":0}',
    '{"type":"ping","token":"x"}',
    '\u0000',
  ]) {
    const before = updates.frames.length;
    updates.send(nonsense);
    await expect
      .poll(
        () =>
          updates.frames.slice(before).map((frame) => (JSON.parse(frame) as { error?: { code: string } }).error?.code),
        nonsense,
      )
      .toEqual(['VALIDATION_ERROR']);
  }
  updates.send({ type: 'ping', timestamp: 5 });
  await expect.poll(() => JSON.parse(updates.frames.at(-1)!) as unknown).toEqual({ type: 'pong', timestamp: 5 });
});

test('a malformed upgrade request does not stop the gateway', async ({ platform, chaos }) => {
  const { starts } = chaos.process('gateway');
  const { hostname: host, port } = new URL(platform.url);
  const ask = async (path: string): Promise<string> => {
    const socket = connect({ host, port: Number(port) });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.resetAndDestroy();
    return answer.toString().split('\r\n')[0]!;
  };
  for (const path of ['//', '/nowhere', 'http://', '/api/v1/ws/'])
    expect(await ask(path), path).toBe('HTTP/1.1 404 Not Found');

  for (let attempt = 0; attempt < 50; attempt++) {
    // A client that leaves without waiting for the answer.
    const socket = connect({ host, port: Number(port) });
    await once(socket, 'connect');
    socket.write('GET /nowhere HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  expect(await ask('/nowhere')).toBe('HTTP/1.1 404 Not Found');
  expect(chaos.process('gateway').starts, 'starts of the gateway').toBe(starts);
});
