import type { Faker } from '@faker-js/faker';

/** Texts that loaders must quote or escape: quotation marks, backslashes, a tab, line breaks, multi-byte characters. */
const awkwardPhrases = [
  'It\'s the second time that "C:\\temp\\build" is gone.',
  'The pattern is `^\\d+\\s*$`, and \\N is not a null here.',
  'first\tsecond\tthird',
  'Steps:\n1. open the page\n2. press "Save"\n3. wait; nothing happens',
  'Zoë, die Größe stimmt, oder? 日本語も大丈夫です 🎉',
  '100 % of $1 {"json": [true, null]} -- not a comment',
];

export function createTitle(faker: Faker): string {
  const title = `${faker.hacker.verb()} the ${faker.hacker.adjective()} ${faker.hacker.noun()}`;
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** Draws phrases once and combines them, since new ones for every message would take most of the time. */
export function createPhrases(faker: Faker): { compose(): string } {
  const pool = [...Array.from({ length: 300 }, () => faker.hacker.phrase()), ...awkwardPhrases];
  return {
    compose: () => {
      const length = faker.number.int({ min: 1, max: 3 });
      return Array.from({ length }, () => faker.helpers.arrayElement(pool)).join(' ');
    },
  };
}
