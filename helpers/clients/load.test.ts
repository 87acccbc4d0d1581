import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../testing/index.ts';
import { createUnderLoad } from './load.ts';

/** Milliseconds: slow answers take more than `slow`, all others less than `quick`. */
const slow = 500;
const quick = 400;

test('p95 of a hundred answers excludes the four slowest, and a request without an answer is not accepted', async () => {
  let [received, answers] = [0, 0];
  await using server = createServer((request, response) => {
    request.resume();
    received++;
    if (received === 101) request.socket.resetAndDestroy();
    if (received === 102) request.socket.end(); // which is no error
    if (received > 100) return;
    answers++;
    const answer = (): void => {
      response.writeHead(received === 30 ? 503 : 201).end();
    };
    if (answers % 25 === 0) setTimeout(answer, slow);
    else answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { latency, histogram, ...counts } = await createUnderLoad(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    'token',
    { clients: 1, requests: 102 },
  );
  expect(counts).toMatchObject({ requests: 100, accepted: 99, unanswered: 2, errors: 2 });
  expect(latency.p50, 'less than a millisecond is more than nothing').toBeGreaterThan(0);
  expect(latency.p95).toBeLessThan(quick);
  expect(latency.p99).toBeGreaterThan(quick);
  expect(latency.max).toBeGreaterThanOrEqual(latency.p99);
  expect(histogram.split('\n')).toEqual(
    [/p2\.5/, /p50/, /p75/, /p90/, /p95/, /p97\.5/, /p99 /, /p99\.9/, /max/].map((name) => expect.stringMatching(name)),
  );
});
