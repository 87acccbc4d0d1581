import { createRequire } from 'node:module';
import type { Faker } from '@faker-js/faker';

const require = createRequire(import.meta.url);

/** A seed for each concern, so that a change to one leaves the rows of the others alone. */
const seeds = { organizations: 1, users: 2, sessions: 3, threads: 4, messages: 5, replies: 6, events: 7 };

export function createFaker(concern: keyof typeof seeds): Faker {
  // Only for who makes rows, since it takes 15 ms; the package's main entry, with all seventy locales, some 100 ms.
  const { faker: shared } = require('@faker-js/faker/locale/en') as { faker: Faker };
  // This entry exports an instance but no class. A separate instance leaves the seed of the shared one to the specs.
  const OwnFaker = shared.constructor as typeof Faker;
  return new OwnFaker({ locale: shared.rawDefinitions, seed: seeds[concern] });
}

/** Numbers repeated names from 2 up: ana.diaz, ana.diaz2, ana.diaz3. Names must not end in a digit themselves. */
export function numberRepetitions(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  };
}

/** Makes a text usable in an address or host name: `O'Conner, Stark and Wolff` becomes `o-conner-stark-and-wolff`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}
