import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { ExecuteCommandCommand, type ECSClient, type Session } from '@aws-sdk/client-ecs';
import { expect, test } from '@playwright/test';
import { WebSocket } from 'ws';
import { cluster, definition, openTestCloud, runningTask, runTask } from '../../testing/cloud/index.ts';
import { decodeMessage, encodeMessage } from './message.ts';

/**
 * A transmitted message. Encoded and decoded here independently of our own code, after `src/message` of
 * aws/session-manager-plugin, because a mistake in both of ours would not show between our client and our agent.
 */
interface Frame {
  readonly type: string;
  readonly madeAt: number;
  readonly sequence: number;
  readonly flags: number;
  /** 32 hexadecimal digits, in the transmitted order. */
  readonly id: string;
  readonly kind: number;
  readonly payload: string;
}

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function write({ type, madeAt, sequence, flags, id, kind, payload }: Frame): Buffer {
  return Buffer.from(
    [
      '00000074',
      Buffer.from(type.padEnd(32)).toString('hex'),
      '00000001',
      hex(madeAt, 8),
      hex(sequence, 8),
      hex(flags, 8),
      id,
      sha256(payload),
      hex(kind, 4),
      hex(Buffer.byteLength(payload), 4),
      Buffer.from(payload).toString('hex'),
    ].join(''),
    'hex',
  );
}

function read(bytes: Buffer): Frame {
  const number = (at: number): number => Number(bytes.readBigUInt64BE(at));
  return {
    type: bytes.toString('latin1', 4, 36).trimEnd(),
    madeAt: number(40),
    sequence: number(48),
    flags: number(56),
    id: bytes.toString('hex', 64, 80),
    kind: bytes.readUInt32BE(112),
    payload: bytes.toString('utf8', 120),
  };
}

/** The name of an acknowledgement in the protocol's format. */
function acknowledgement({ type, id, sequence }: Frame): string {
  const uuid = `${id.slice(16, 24)}-${id.slice(24, 28)}-${id.slice(28)}-${id.slice(0, 4)}-${id.slice(4, 16)}`;
  return `{"AcknowledgedMessageType":"${type}","AcknowledgedMessageId":"${uuid}","AcknowledgedMessageSequenceNumber":${sequence},"IsSequentialMessage":true}`;
}

/** A client's message, with a fixed time. */
function fromClient(frame: Pick<Frame, 'id' | 'payload'> & Partial<Frame>): Frame {
  return { type: 'input_stream_data', madeAt: 1_700_000_000_000, sequence: 0, flags: 0, kind: 0, ...frame };
}

const handshakeResponse = fromClient({
  id: '8899aabbccddeeff0011223344556677',
  kind: 6,
  payload:
    '{"ClientVersion":"1.2.764.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}',
});

async function openSession(ecs: ECSClient, command: string): Promise<Session & { task: string }> {
  const task = await runTask(ecs, definition('shell', 'serve'), { enableExecuteCommand: true });
  await runningTask(ecs, task);
  const { session } = await ecs.send(new ExecuteCommandCommand({ cluster, task, command, interactive: true }));
  return { ...session!, task };
}

/** A connection whose client has sent its token, and the messages that it has received since. */
async function connect({ streamUrl, tokenValue }: Session): Promise<{ socket: WebSocket; received: Buffer[] }> {
  const socket = new WebSocket(streamUrl!);
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  await once(socket, 'open');
  socket.send(
    `{"MessageSchemaVersion":"1.0","RequestId":"28f9b1c2-0000-4000-8000-000000000001","TokenValue":"${tokenValue}","ClientId":"28f9b1c2-0000-4000-8000-000000000002","ClientVersion":"1.2.764.0"}`,
  );
  return { socket, received };
}

test('a message is byte for byte what the session manager plugin writes', () => {
  const before = Date.now();
  const bytes = encodeMessage({
    type: 'output_stream_data',
    sequence: 258,
    flags: 3,
    id: '00112233-4455-6677-8899-aabbccddeeff',
    payloadType: 11,
    payload: Buffer.from('hello'),
  });
  const madeAt = Number(bytes.readBigUInt64BE(40));
  expect(madeAt).toBeGreaterThanOrEqual(before);
  expect(madeAt).toBeLessThanOrEqual(Date.now());
  expect(
    bytes
      .toString('hex')
      .match(/^(.{8})(.{64})(.{8})(.{16})(.{16})(.{16})(.{32})(.{64})(.{8})(.{8})(.*)$/)!
      .slice(1),
  ).toEqual([
    '00000074', // the header ends after 116 bytes
    `6f75747075745f73747265616d5f64617461${'20'.repeat(14)}`, // output_stream_data, and spaces
    '00000001', // schema version
    hex(madeAt, 8),
    '0000000000000102', // sequence number
    '0000000000000003', // flags
    '8899aabbccddeeff0011223344556677', // the second half of the id comes first
    '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', // SHA-256 of hello
    '0000000b', // kind of payload
    '00000005',
    '68656c6c6f',
  ]);
});

test("the plugin's message is decoded, and a changed one refused", () => {
  const bytes = write({ ...handshakeResponse, sequence: 258, flags: 3 });
  const message = {
    type: 'input_stream_data',
    sequence: 258,
    flags: 3,
    id: '00112233-4455-6677-8899-aabbccddeeff',
    payloadType: 6,
    payload: Buffer.from(handshakeResponse.payload),
  };
  expect(decodeMessage(bytes)).toEqual(message);
  expect(decodeMessage(Buffer.from(bytes).fill(0, 4 + 'input_stream_data'.length, 36))).toEqual(message);
  bytes[121] = 0;
  expect(() => decodeMessage(bytes)).toThrow('The payload of a message is not what its digest says.');
  expect(() => decodeMessage(bytes.subarray(0, 119))).toThrow(
    'A message has 120 bytes at least, and this one has 119.',
  );
});

test("a session follows the plugin's protocol message by message", async () => {
  await using it = await openTestCloud();
  const session = await openSession(it.ecs, 'sh -c "echo hello; exit 3"');
  const { socket, received } = await connect(session);
  const closed = once(socket, 'close');
  const say = (frame: Frame): void => socket.send(write(frame));
  const acknowledge = (place: number): void =>
    say(
      fromClient({
        type: 'acknowledge',
        flags: 3,
        id: hex(place + 1, 16),
        payload: acknowledgement(read(received[place]!)),
      }),
    );
  const expected: object[] = [];
  /** Any additional message would be in the list. */
  const expectNext = async (
    ...next: (Omit<Frame, 'id' | 'madeAt' | 'payload'> & { payload: unknown })[]
  ): Promise<void> => {
    expected.push(...next);
    await expect
      .poll(() =>
        received
          .map(read)
          .map(({ type, sequence, flags, kind, payload }) => ({ type, sequence, flags, kind, payload })),
      )
      .toEqual(expected);
  };
  const output = { type: 'output_stream_data', flags: 0 };
  const outOfStream = { sequence: 0, flags: 3, kind: 0 };

  await expectNext({
    ...output,
    sequence: 0,
    flags: 1,
    kind: 5,
    payload:
      '{"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands","Properties":null}}]}',
  });
  acknowledge(0);
  say(handshakeResponse);
  await expectNext(
    { ...outOfStream, type: 'acknowledge', payload: acknowledgement(handshakeResponse) },
    { ...output, sequence: 1, kind: 7, payload: '{"HandshakeTimeToComplete":0,"CustomerMessage":""}' },
    { ...output, sequence: 2, kind: 1, payload: 'hello\r\n' },
  );

  // A repeated message is only acknowledged again. The channel stays open for unacknowledged ones.
  const size = fromClient({
    sequence: 1,
    id: '0123456789abcdeffedcba9876543210',
    kind: 3,
    payload: '{"cols":80,"rows":24}',
  });
  acknowledge(2);
  for (const frame of [handshakeResponse, size]) say(frame);
  await expectNext(
    ...[handshakeResponse, size].map((frame) => ({
      ...outOfStream,
      type: 'acknowledge',
      payload: acknowledgement(frame),
    })),
  );
  acknowledge(3);
  await expectNext({ ...outOfStream, type: 'channel_closed', payload: expect.any(String) });
  expect(JSON.parse(read(received.at(-1)!).payload)).toEqual({
    MessageId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    CreatedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    DestinationId: session.sessionId,
    SessionId: session.sessionId,
    MessageType: 'channel_closed',
    SchemaVersion: 1,
    Output: '',
  });
  expect((await closed)[0]).toBe(1000);
  expect(received.map((bytes) => bytes.toString('hex'))).toEqual(
    received.map((bytes) => write(read(bytes)).toString('hex')),
  );
});

test('a tampered message ends the session before its command starts', async () => {
  await using it = await openTestCloud();
  const session = await openSession(it.ecs, 'sleep 1000');
  const { socket, received } = await connect(session);
  const closed = once(socket, 'close');
  await expect.poll(() => received.length).toBe(1);
  const bytes = write(handshakeResponse);
  bytes.write('765', bytes.indexOf('764')); // only the digest differs
  socket.send(bytes);
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1008, 'That is no message of a session']);
  expect(it.pids).toHaveLength(1);
});
