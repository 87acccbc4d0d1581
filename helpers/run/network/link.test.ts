import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect, test as base } from '@playwright/test';
import { Link } from './index.ts';

interface LinkFixtures {
  /** Echoes its input, and ends when the other end does. */
  echo: Server;
  link: Link;
}

const test = base.extend<LinkFixtures>({
  echo: async ({}, use) => {
    const server = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await use(server);
    server.close();
  },
  link: async ({ echo }, use) => {
    await using link = await Link.open(() => ({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port }));
    await use(link);
  },
});

async function open(link: Link): Promise<Socket> {
  const socket = connect(link.port, link.host);
  await once(socket, 'connect');
  return socket;
}

test('a link forwards every byte in both directions', async ({ link }) => {
  const socket = await open(link);
  const sent = Buffer.alloc(1_000_000, 'abc');
  socket.end(sent);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
});

test('a cut link is noticed by both ends, refuses new connections, and works again once mended', async ({
  link,
  echo,
}) => {
  const arrived = once(echo, 'connection') as Promise<[Socket]>;
  const socket = await open(link);
  const [inside] = await arrived;
  const ends = [socket, inside].map(
    (end) =>
      new Promise((resolve) => {
        end.once('error', resolve);
      }),
  );
  link.cut();
  expect(await Promise.all(ends)).toMatchObject([{ code: 'ECONNRESET' }, { code: 'ECONNRESET' }]);

  const refused = connect(link.port, link.host);
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);

  link.mend();
  const again = await open(link);
  again.write('hello');
  expect(String((await once(again, 'data'))[0])).toBe('hello');
  again.destroy();
});

test('a link without a target resets the connection', async () => {
  await using link = await Link.open(() => Promise.reject(new Error('it is away')));
  expect(await once(connect(link.port, link.host), 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
});
