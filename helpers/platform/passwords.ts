import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const length = 32;

/** With scrypt (RFC 7914) at Node's default cost, some 40 ms on a thread of its own: `salt:hash`, both hexadecimal. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await derive(password, salt, length)).toString('hex')}`;
}

export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [salt, hash] = hashed.split(':').map((part) => Buffer.from(part, 'hex'));
  return timingSafeEqual(await derive(password, salt!, length), hash!);
}
