import { expect, test } from '../../fixtures/index.ts';
import { notes } from './servers/notes.ts';

test.use({ appOptions: notes });

test('a killed service is started again at the same address', async ({ app }) => {
  const anyone = await app.as();
  const before = (await anyone.get('/pid')).body.pid;
  const { starts } = app.chaos.process('api');
  await app.chaos.kill('api');
  await app.chaos.ready('api');
  expect((await anyone.get('/pid')).body.pid).not.toBe(before);
  expect(app.chaos.process('api').starts).toBe(starts + 1);
});

test('a service that ends by itself is started again', async ({ app }) => {
  const anyone = await app.as();
  const { starts } = app.chaos.process('api');
  await expect(anyone.post('/end')).rejects.toThrow("The service 'api' was not reached by POST /end");
  await expect.poll(() => app.chaos.process('api').starts).toBe(starts + 1);
  await app.chaos.ready('api');
  expect((await anyone.get('/health')).status).toBe(200);
});

test('a frozen service answers when it is thawed', async ({ app }) => {
  const anyone = await app.as();
  await app.chaos.freeze('api');
  await expect(anyone.get('/health', { timeout: 100 })).rejects.toThrow(
    "The service 'api' did not answer GET /health within 0.1 s.",
  );
  await app.chaos.thaw('api');
  expect((await anyone.get('/health')).status).toBe(200);
});

test('a stopped service is away until it is started', async ({ app }) => {
  const anyone = await app.as();
  await app.chaos.stop('api');
  await expect(anyone.get('/health')).rejects.toThrow("The service 'api' was not reached by GET /health");
  await app.chaos.start('api');
  expect((await anyone.get('/health')).status).toBe(200);
});

test('cut connections are reset, and new ones are accepted unless they are refused', async ({ app }) => {
  const ana = app.createTenant('ana');
  const anyone = await app.as();
  const socket = await app.socket('/updates', { tenant: ana });
  await app.chaos.cutConnections('api');
  expect((await socket.waitForClose()).code).toBe(1006);
  expect((await anyone.get('/health')).status).toBe(200);

  await app.chaos.cutConnections('api', { refuse: true });
  await expect(anyone.get('/health')).rejects.toThrow("The service 'api' was not reached by GET /health");
  await app.chaos.mendConnections('api');
  expect((await anyone.get('/health')).status).toBe(200);
});

test.describe('chaos ends with its test', () => {
  test.describe.configure({ mode: 'serial' });

  test('a test freezes, stops and cuts services', async ({ app }) => {
    await app.chaos.freeze('api');
    await app.chaos.stop('worker');
    await app.chaos.cutConnections('api', { refuse: true });
    expect(app.chaos.process('worker').pid).toBeUndefined();
  });

  test('the next test finds every service running', async ({ app }) => {
    expect((await (await app.as()).get('/health')).status).toBe(200);
    expect(app.chaos.process('worker').pid).toBeDefined();
  });
});
