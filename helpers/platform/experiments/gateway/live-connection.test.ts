import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { expect, test } from '../../../testing/index.ts';
import type { EventLog, RecordedEvent } from '../store/events.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import { tokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/realms.ts';
import { signToken } from '../../kernel/tokens.ts';
import { Connection, type ConnectionContext } from './live-connection.ts';
import { delivery } from './delivery.ts';
import { gatewayParts } from './parts.ts';
import type { ServerMessage } from './protocol.ts';

const secret = 'of this test';

function authenticationOf(tenant: string) {
  const claims = { user_id: tenant, email: `${tenant}@example.com`, roles: [], tenant_id: tenant };
  return { type: 'auth', token: signToken(claims, secret, 60_000, realms.experiments) };
}

/** A log with this many events of this size, which counts how many are read. */
class Log implements EventLog {
  length: number;
  readonly #text: string;
  count = 0;
  looks = 0;

  constructor(length: number, bytes: number) {
    this.length = length;
    this.#text = 'x'.repeat(bytes);
  }

  read(_db: Queryable, tenant: string, after: number, limit: number): Promise<RecordedEvent[]> {
    const events = Array.from({ length: Math.min(limit, this.length - after) }, (_, index): RecordedEvent => ({
      tenant,
      number: after + index + 1,
      experimentId: 'any',
      type: 'experiment.state_changed',
      at: new Date(),
      data: { text: this.#text },
    }));
    this.count += events.length;
    return Promise.resolve(events);
  }

  last(): Promise<number> {
    this.looks++;
    return Promise.resolve(this.length);
  }
}

/** Both ends of a connection, authenticated. */
class SocketPair implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly gateway: WebSocket;
  readonly client: WebSocket;
  readonly connection: Connection;
  readonly received: ServerMessage[] = [];
  /** Messages that the gateway has read. */
  taken = 0;

  private constructor(
    server: WebSocketServer,
    gateway: WebSocket,
    client: WebSocket,
    parts: Partial<ConnectionContext['parts']>,
  ) {
    this.#server = server;
    this.gateway = gateway;
    this.client = client;
    this.connection = new Connection(gateway, {
      pool: {} as Queryable,
      tokens: tokenVerifier(realms.experiments)(secret),
      parts: { ...gatewayParts, ...parts },
      configuration: { times: { authentication: 60_000 } },
    });
    gateway.on('message', () => this.taken++);
    client.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as ServerMessage));
  }

  static async open(parts: Partial<ConnectionContext['parts']> = {}): Promise<SocketPair> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [[gateway]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
      [WebSocket],
      unknown,
    ];
    const ends = new SocketPair(server, gateway, client, parts);
    ends.say(authenticationOf('ana'));
    await ends.hears('authenticated');
    return ends;
  }

  say(message: object): void {
    this.client.send(JSON.stringify(message));
  }

  async hears(type: ServerMessage['type']): Promise<void> {
    await expect.poll(() => this.received.at(-1)?.type, { intervals: [10] }).toBe(type);
  }

  /** Waits until the connection to a client that does not read is full. */
  async untilStuck(meanwhile: () => void = () => undefined): Promise<void> {
    let looks = 0;
    await expect
      .poll(
        () => {
          meanwhile();
          looks = this.gateway.bufferedAmount > 0 ? looks + 1 : 0;
          return looks;
        },
        { message: 'polls at which data waited to be sent', intervals: [20], timeout: 20_000 },
      )
      .toBeGreaterThan(5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.terminate();
    this.gateway.terminate();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

test('a client that sends without reading is not read from, and gets every answer afterwards', async () => {
  const padding = 'x'.repeat(64 * 1024); // so that few answers fill the connection
  await using ends = await SocketPair.open({
    delivery: {
      send: (socket, messages) =>
        delivery.send(
          socket,
          messages.map((message) => ({ ...message, padding })),
        ),
    },
  });
  let said = 1;
  const shout = (): void => {
    for (let message = 0; message < 100; message++) ends.say({});
    said += 100;
  };
  ends.client.pause();
  await ends.untilStuck(shout);

  const { taken } = ends;
  shout();
  await using other = await SocketPair.open();
  for (let turn = 1; turn <= 20; turn++) {
    other.say({ type: 'ping', timestamp: turn });
    await expect.poll(() => other.received.at(-1), { intervals: [1] }).toEqual({ type: 'pong', timestamp: turn });
  }
  expect(ends.taken, 'messages that the gateway has taken, after more were said').toBe(taken);

  ends.client.resume();
  await expect.poll(() => ends.received.length, { timeout: 20_000 }).toBe(said);
});

test('a client that stops reading gets at most one buffered message', async () => {
  const [length, bytes] = [1_000, 64 * 1024]; // more than an unread connection holds
  const eventLog = new Log(length, bytes);
  await using ends = await SocketPair.open({ eventLog });
  ends.client.pause();
  ends.say({ type: 'subscribe', channels: ['experiments'], after: 0 });
  await ends.untilStuck();

  expect(ends.gateway.bufferedAmount, 'bytes that wait in the gateway').toBeLessThan(2 * bytes);
  expect(eventLog.count, 'events that were read').toBeLessThan(length);

  ends.client.resume();
  await expect.poll(() => ends.received.length, { timeout: 20_000 }).toBe(length + 2);
  expect(ends.received.slice(2)).toMatchObject(Array.from({ length }, (_, index) => ({ id: index + 1 })));
});

test("a new subscription's answer is followed by its events only", async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const eventLog = new Log(100, 1);
  await using ends = await SocketPair.open({
    eventLog,
    delivery: {
      send: (socket, messages, signal) =>
        delivery.send(
          {
            send: (text: string, sent: (error?: Error) => void) =>
              void (text.includes('"id":3,') ? released : Promise.resolve()).then(() => socket.send(text, sent)),
          } as WebSocket,
          messages,
          signal,
        ),
    },
  });
  ends.say({ type: 'subscribe', channels: ['experiments'], after: 0 });
  await expect.poll(() => ends.received.at(-1), 'the last before the one that takes long').toMatchObject({ id: 2 });
  ends.say({ type: 'subscribe', channels: ['alerts'] });
  await expect.poll(() => eventLog.looks, 'subscriptions').toBe(2);
  release();
  await expect.poll(() => ends.received.some((message) => 'id' in message && message.id === 3)).toBe(true);
  ends.say({ type: 'ping' });
  await ends.hears('pong');

  expect(ends.received.map((message) => ('id' in message ? message.id : message.type))).toEqual([
    'authenticated',
    'subscribed',
    1,
    2,
    3,
    'subscribed',
    'pong',
  ]);
});

test('a client that claims to have later events than there are gets the next one', async () => {
  const eventLog = new Log(3, 1);
  await using ends = await SocketPair.open({ eventLog });
  ends.say({ type: 'subscribe', channels: ['experiments'], after: 99 });
  await ends.hears('subscribed');
  expect(ends.received.at(-1)).toMatchObject({ after: 3 });
  eventLog.length = 4;
  ends.connection.notice('ana');
  await expect.poll(() => ends.received.at(-1), { intervals: [10] }).toMatchObject({ id: 4 });
});

test("a client that authenticates for another tenant gets no more of the first one's events", async () => {
  const eventLog = new Log(0, 1);
  await using ends = await SocketPair.open({ eventLog });
  ends.say({ type: 'subscribe', channels: ['experiments'] });
  await ends.hears('subscribed');
  ends.say(authenticationOf('ben'));
  await ends.hears('authenticated');
  eventLog.length = 1;
  ends.connection.notice('ben');
  ends.say({ type: 'ping' });
  await ends.hears('pong');
  expect(ends.received.map(({ type }) => type)).toEqual(['authenticated', 'subscribed', 'authenticated', 'pong']);
  expect(eventLog.count).toBe(0);
});
