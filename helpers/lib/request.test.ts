import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../testing/index.ts';
import { request } from './request.ts';

test('a platform that accepts a request without answering is reported', async () => {
  await using silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await expect(request(`http://127.0.0.1:${port}`, '/items', { method: 'POST', timeout: 50 })).rejects.toThrow(
    'The platform did not answer POST /items within 0.05 s.',
  );
});
