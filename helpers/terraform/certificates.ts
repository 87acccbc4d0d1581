import { generateKeyPair, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';

/** A certificate that signs itself, with its key; both as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A new identity for `localhost`, for both roles of TLS, valid for a day. Costs a millisecond.
 *
 * Written as DER by hand: the packages for certificates take longer to load than a whole provider takes to start.
 */
export async function createIdentity(): Promise<Identity> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return {
    certificate: pemOf(certify(publicKey, privateKey)),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

/** As in the handshake: base64 without padding. */
export function base64Of(certificate: string): string {
  return new X509Certificate(certificate).raw.toString('base64').replace(/=+$/, '');
}

/** The PEM of a certificate in a handshake. @throws Error when it is malformed. */
export function fromBase64(text: string): string {
  return new X509Certificate(Buffer.from(text, 'base64')).toString();
}

function pemOf(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const day = 24 * 3_600_000;

function certify(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(set(sequence(objectId('550403'), der(0x0c, Buffer.from('localhost')))));
  const now = Date.now();
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    algorithm,
    name, // of its issuer
    sequence(time(now - day), time(now + day)), // clocks differ
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, extensions()),
  );
  const signature = sign('sha256', content, privateKey);
  return sequence(content, algorithm, bits(signature));
}

function extensions(): Buffer {
  const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
    sequence(objectId(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
  return sequence(
    extension('551d13', true, sequence(der(0x01, Buffer.from([0xff])))), // it is an authority: its own
    extension('551d0f', true, der(0x03, Buffer.from([2, 0b1000_0100]))), // digitalSignature, keyCertSign
    extension('551d25', false, sequence(objectId('2b06010505070301'), objectId('2b06010505070302'))), // server, client
    extension('551d11', false, sequence(der(0x82, Buffer.from('localhost')))),
  );
}

/** Positive, and of the same length always. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | (serial[0]! & 0x3f);
  return serial;
}

function time(milliseconds: number): Buffer {
  return der(0x18, Buffer.from(new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: Buffer[]): Buffer => der(0x31, ...parts);
const integer = (value: Buffer): Buffer => der(0x02, value);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (value: Buffer): Buffer => der(0x03, Buffer.from([0]), value);

/** One element of DER: its tag, its length, its content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
