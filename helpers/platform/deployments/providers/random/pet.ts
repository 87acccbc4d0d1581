import { randomInt } from 'node:crypto';
import { adjectives, animals } from 'unique-names-generator';
import { attribute, type ResourceDefinition, schemaOf } from '../../../../terraform/server/index.ts';
import { keepers, replacing } from './planning.ts';

/** It cannot be imported, as the real one cannot. */
export const randomPet: ResourceDefinition = {
  schema: schemaOf(
    0,
    keepers,
    attribute('length', 'number', 'optional computed'),
    attribute('prefix', 'string', 'optional'),
    attribute('separator', 'string', 'optional computed'),
    attribute('id', 'string', 'computed'),
  ),

  plan: replacing(['length', 'prefix', 'separator'], { length: 2, separator: '-' }),

  create: (planned) => {
    const length = planned['length'] as number;
    const prefix = planned['prefix'] as string | null;
    const words = Array.from({ length: Math.max(length, 1) }, (_, index) =>
      pick(index + 1 < length ? adjectives : animals),
    );
    return {
      ...planned,
      prefix: prefix || null,
      id: [...(prefix ? [prefix] : []), ...words].join(planned['separator'] as string),
    };
  },
};

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)]!.toLowerCase();
}
