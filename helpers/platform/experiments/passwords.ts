import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const length = 32;

/** Hashes with scrypt (RFC 7914): `cost:salt:hash`, salt and hash in hexadecimal. Cost 16,384 takes some 40 ms. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const salt = randomBytes(16);
  return `${cost}:${salt.toString('hex')}:${(await derive(password, salt, length, { N: cost })).toString('hex')}`;
}

export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [cost, salt, hash] = hashed.split(':');
  return timingSafeEqual(
    await derive(password, Buffer.from(salt!, 'hex'), length, { N: Number(cost) }),
    Buffer.from(hash!, 'hex'),
  );
}
