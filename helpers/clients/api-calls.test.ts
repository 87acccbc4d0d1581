import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Recorder } from '../run/measurements/index.ts';
import { expect, test } from '../testing/index.ts';
import { answeredCalls, ApiMeter, operationFor } from './api-calls.ts';
import { request } from './api.ts';
import { requestAsWritten } from './as-written.ts';

const operations = [
  'GET /items',
  'POST /items',
  'GET /items/{id}',
  'GET /items/latest',
  'DELETE /items/{id}/parts/{part}',
];

for (const [method, path, operation] of [
  ['GET', '/items', 'GET /items'],
  ['GET', '/items?limit=3', 'GET /items'],
  ['POST', '/items', 'POST /items'],
  ['GET', '/items/7', 'GET /items/{id}'],
  ['GET', '/items/latest', 'GET /items/latest'],
  ['DELETE', '/items/7/parts/a%2Fb?now', 'DELETE /items/{id}/parts/{part}'],
  ['DELETE', '/items', undefined],
  ['GET', '/items/', undefined],
  ['GET', '/items/7/8', undefined],
  ['GET', '/', undefined],
] as const) {
  test(`${method} ${path} is ${operation ?? 'not documented'}`, () => {
    expect(operationFor(operations, method, path)).toBe(operation);
  });
}

test('API calls are counted by operation and status, and other calls are not', async () => {
  await using api = await startServer();
  await using other = await startServer();
  const recorder = new Recorder();
  recorder.begin('a test');
  const meter = new ApiMeter({ api: 'sessions', url: api.url, operations }, recorder);
  expect(recorder.take()?.measurements).toEqual([
    {
      name: 'api.documented',
      value: 5,
      unit: 'count',
      attributes: { api: 'sessions', operations: operations.join('\n') },
      scope: 'worker',
    },
  ]);

  for (const id of [1, 2, 3]) await request(api.url, `/items/${id}`);
  await fetch(`${api.url}/items?status=201`, { method: 'POST' });
  await requestAsWritten(api.url, '/items/../secret?status=404');
  await request(other.url, '/items');
  for (let call = 0; call < 10_000; call++)
    answeredCalls.publish({ origin: api.url, method: 'GET', path: '/items', status: 200 });

  const calls = (operation: string, status: string, value: number) => ({
    name: 'api.calls',
    value,
    unit: 'count',
    attributes: { api: 'sessions', operation, status },
  });
  expect(recorder.take()?.measurements).toEqual([
    calls('GET /items/{id}', '200', 3),
    calls('POST /items', '201', 1),
    calls('undocumented', '404', 1),
    calls('GET /items', '200', 10_000),
  ]);
  meter.close();
  await request(api.url, '/items');
  expect(recorder.take()).toBeUndefined();
});

/** Answers every request with the status that it names. */
async function startServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(
    ({ url }, response) =>
      void response.writeHead(Number(new URL(url!, 'http://here').searchParams.get('status') ?? 200)).end(),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
