import type { Faker } from '@faker-js/faker';
// The package's main entry loads all of its seventy locales and takes about 100 ms, this one takes 15.
import { faker as shared } from '@faker-js/faker/locale/en';

// That entry exports one instance and no class. An own instance leaves the seed of the shared one to the specs.
const OwnFaker = shared.constructor as typeof Faker;

/**
 * Each concern draws from its own seed, so that a change to one leaves the rows of the others as they were. The
 * numbers mean nothing beyond being different.
 */
const seeds = { organizations: 1, users: 2, sessions: 3, threads: 4, messages: 5, replies: 6, events: 7 };

export function createFaker(concern: keyof typeof seeds): Faker {
  return new OwnFaker({ locale: shared.rawDefinitions, seed: seeds[concern] });
}

/** Numbers repetitions from 2 up: ana.diaz, ana.diaz2, ana.diaz3. The names themselves must not end in a digit. */
export function numberRepetitions(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  };
}

/** What may stand in an address or a host name: `O'Conner, Stark and Wolff` becomes `o-conner-stark-and-wolff`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}
