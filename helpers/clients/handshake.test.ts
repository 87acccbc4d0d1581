import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@playwright/test';
import { runInSession } from '../cloud/index.ts';
import { LiveUpdates, UpdatesClient } from './index.ts';

/** Accepts connections and never answers. */
async function silence(): Promise<{ readonly url: string } & Disposable> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

test('a client of the updates names the address of a server that does not answer', async () => {
  using it = await silence();
  await expect(UpdatesClient.connect(it.url, undefined, 50)).rejects.toThrow(
    /^The WebSocket at ws:\/\/127\.0\.0\.1:\d+\/\S+ was not answered within 0\.05 s\.$/,
  );
});

test('a client of a preview names the address of a server that does not answer, and not the key', async () => {
  using it = await silence();
  await expect(LiveUpdates.connect(it.url, '/ws/hmr?session=1&key=secret', {}, 50)).rejects.toThrow(
    /^The WebSocket at ws:\/\/127\.0\.0\.1:\d+\/ws\/hmr was not answered within 0\.05 s\.$/,
  );
});

test('a client of a session gives up on a server that does not answer', async () => {
  using it = await silence();
  await expect(
    runInSession({ streamUrl: it.url.replace('http', 'ws'), tokenValue: 'x' }, { timeout: 50 }),
  ).rejects.toThrow(/has not ended within 0\.05 s|not answered in time/);
});
