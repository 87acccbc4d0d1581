import { createHash, randomBytes } from 'node:crypto';
import {
  attribute,
  errorAbout,
  Refusal,
  type ResourceDefinition,
  schemaOf,
} from '../../../../terraform/server/index.ts';
import type { Value } from '../../../../terraform/index.ts';
import { keepers, replacing } from './planning.ts';

export const randomInteger: ResourceDefinition = {
  schema: schemaOf(
    0,
    keepers,
    attribute('min', 'number', 'required'),
    attribute('max', 'number', 'required'),
    attribute('seed', 'string', 'optional'),
    attribute('result', 'number', 'computed'),
    attribute('id', 'string', 'computed'),
  ),

  plan: replacing(['min', 'max', 'seed']),

  create: (planned) => {
    const [min, max] = [integerOf('min', planned['min']), integerOf('max', planned['max'])];
    if (max < min)
      throw new Refusal([
        errorAbout(
          undefined,
          'Create Random Integer Error',
          'The minimum has to be smaller than or equal to the maximum.',
        ),
      ]);
    const seed = planned['seed'] as string | null;
    const bytes = seed ? createHash('sha256').update(seed).digest() : randomBytes(32);
    const id = String(min + (BigInt(`0x${bytes.toString('hex')}`) % (max - min + 1n))); // of 256 bits: without a bias
    return { ...planned, seed: seed || null, id, result: numberOf(id) };
  },

  /** Its result, minimum, maximum, and its seed if it has one, with commas between them. */
  import: (id) => {
    const parts = id.split(',');
    const [result = '', min = '', max = '', seed = null] = parts;
    if (parts.length < 3 || parts.length > 4)
      throw new Refusal([
        errorAbout(
          undefined,
          'Import Random Integer Error',
          'Invalid import usage: expecting {result},{min},{max} or {result},{min},{max},{seed}',
        ),
      ]);
    const given = Object.entries({ result, min, max }).map(([name, text]) => [name, numberOf(integerText(name, text))]);
    return { ...Object.fromEntries(given), keepers: null, seed, id: result };
  },
};

function integerOf(name: string, value: Value | undefined): bigint {
  return BigInt(integerText(name, JSON.stringify(value).replaceAll('"', '')));
}

function integerText(name: string, text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  throw new Refusal([
    errorAbout(name, 'Invalid Integer', `${name} has to be an integer, and is ${JSON.stringify(text)}.`),
  ]);
}

/** As text where JavaScript would round it. */
function numberOf(text: string): number | string {
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
