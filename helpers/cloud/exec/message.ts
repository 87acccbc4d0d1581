import { createHash, randomUUID } from 'node:crypto';

/**
 * The messages of a data channel of the AWS Systems Manager session service, in binary and big-endian:
 *
 * | at | | |
 * |---|---|---|
 * | 0 | 4 | length of the header: where the length of the payload stands |
 * | 4 | 32 | type, filled up with spaces |
 * | 36 | 4 | schema version |
 * | 40 | 8 | when it was made, in milliseconds since 1970 |
 * | 48 | 8 | sequence number |
 * | 56 | 8 | flags: 1 the first of its stream, 2 the last |
 * | 64 | 16 | id: a UUID, its second half first |
 * | 80 | 32 | SHA-256 of the payload |
 * | 112 | 4 | kind of payload |
 * | 116 | 4 | length of the payload, which follows |
 *
 * As in `src/message` of aws/session-manager-plugin.
 */
export interface Message {
  readonly type: MessageType;
  readonly sequence: number;
  readonly flags: number;
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Buffer;
}

export type MessageType =
  | 'input_stream_data'
  | 'output_stream_data'
  | 'acknowledge'
  | 'channel_closed'
  | 'start_publication'
  | 'pause_publication';

export const payloadType = {
  none: 0,
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
} as const;

export const firstOfStream = 1;
const firstAndLast = 3;
const typeLength = 32;
const headerLength = 116;
const payloadStart = 120;

/** A message outside any stream, such as `acknowledge`, with a JSON payload. */
export function jsonMessage(type: MessageType, payload: unknown): Message {
  return {
    type,
    sequence: 0,
    flags: firstAndLast,
    id: randomUUID(),
    payloadType: payloadType.none,
    payload: Buffer.from(JSON.stringify(payload)),
  };
}

export function encodeMessage({ type, sequence, flags, id, payloadType: kind, payload }: Message): Buffer {
  const bytes = Buffer.alloc(payloadStart + payload.length);
  bytes.writeUInt32BE(headerLength, 0);
  bytes.write(type.padEnd(typeLength), 4, 'ascii');
  bytes.writeUInt32BE(1, 36);
  bytes.writeBigUInt64BE(BigInt(Date.now()), 40);
  bytes.writeBigInt64BE(BigInt(sequence), 48);
  bytes.writeBigUInt64BE(BigInt(flags), 56);
  const uuid = Buffer.from(id.replaceAll('-', ''), 'hex');
  uuid.copy(bytes, 64, 8, 16);
  uuid.copy(bytes, 72, 0, 8);
  digest(payload).copy(bytes, 80);
  bytes.writeUInt32BE(kind, 112);
  bytes.writeUInt32BE(payload.length, headerLength);
  payload.copy(bytes, payloadStart);
  return bytes;
}

/** @throws Error when it is malformed, or its payload does not match the digest. */
export function decodeMessage(bytes: Buffer): Message {
  if (bytes.length < payloadStart)
    throw new Error(`A message has ${payloadStart} bytes at least, and this one has ${bytes.length}.`);
  // The payload's length follows the header, whose length varies.
  const payload = bytes.subarray(bytes.readUInt32BE(0) + 4);
  const uuid = Buffer.concat([bytes.subarray(72, 80), bytes.subarray(64, 72)]).toString('hex');
  if (payload.length > 0 && !digest(payload).equals(bytes.subarray(80, 112)))
    throw new Error('The payload of a message is not what its digest says.');
  return {
    // The plugin also strips zeros.
    type: bytes
      .toString('ascii', 4, 4 + typeLength)
      .replaceAll('\0', '')
      .trim() as MessageType,
    sequence: Number(bytes.readBigInt64BE(48)),
    flags: Number(bytes.readBigUInt64BE(56)),
    id: uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    payloadType: bytes.readUInt32BE(112),
    payload,
  };
}

function digest(payload: Buffer): Buffer {
  return createHash('sha256').update(payload).digest();
}
