import { randomBytes } from 'node:crypto';
import {
  attribute,
  errorAbout,
  Refusal,
  type ResourceDefinition,
  schemaOf,
} from '../../../../terraform/server/index.ts';
import type { Values } from '../../../../terraform/index.ts';
import { keepers, replacing } from './planning.ts';

export const randomId: ResourceDefinition = {
  schema: schemaOf(
    0,
    keepers,
    attribute('byte_length', 'number', 'required'),
    attribute('prefix', 'string', 'optional'),
    ...['b64_url', 'b64_std', 'hex', 'dec', 'id'].map((name) => attribute(name, 'string', 'computed')),
  ),

  plan: replacing(['byte_length', 'prefix']),

  create: (planned) => {
    const length = planned['byte_length'] as number;
    if (!Number.isInteger(length) || length < 1)
      throw new Refusal([errorAbout('byte_length', 'byte_length has to be an integer of at least 1')]);
    return { ...planned, ...describe(randomBytes(length), (planned['prefix'] as string | null) ?? '') };
  },

  /** Its id, or its prefix, a comma, and its id. */
  import: (given) => {
    const comma = given.lastIndexOf(',');
    const [prefix, id] = [given.slice(0, Math.max(comma, 0)), given.slice(comma + 1)];
    if (!/^[\w-]+$/.test(id))
      throw new Refusal([errorAbout(undefined, 'Import Random ID Error', `${id} is no base64.`)]);
    const bytes = Buffer.from(id, 'base64url');
    return {
      keepers: null,
      byte_length: bytes.length,
      prefix: prefix === '' ? null : prefix,
      ...describe(bytes, prefix),
    };
  },
};

function describe(bytes: Buffer, prefix: string): Values {
  const id = bytes.toString('base64url');
  return {
    id,
    b64_url: prefix + id,
    b64_std: prefix + bytes.toString('base64'),
    hex: prefix + bytes.toString('hex'),
    dec: prefix + BigInt(`0x${bytes.toString('hex')}`),
  };
}
