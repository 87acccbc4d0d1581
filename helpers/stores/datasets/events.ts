import type { User } from './people.ts';
import { createFaker } from './random.ts';
import type { Value } from './table.ts';
import { day, timeline } from './time.ts';

export interface TrackedEvent {
  readonly id: number;
  readonly user_id: number;
  readonly name: 'page_view' | 'search' | 'message_sent' | 'sign_in' | 'export';
  readonly properties: Value;
  readonly duration_ms: number;
  readonly occurred_at: Date;
}

const paths = ['/', '/threads', '/threads/new', '/settings', '/reports', '/billing'];
const browsers = ['Chrome', 'Firefox', 'Safari', 'Edge'];

/** A quarter of a year of product analytics; as in practice, a few users cause most events. */
export function createEvents(count: number, users: readonly User[], now: number): TrackedEvent[] {
  const faker = createFaker('events');
  const active = users.filter((user) => user.status === 'active');
  const any = (limit: number) => faker.number.int({ min: 0, max: limit - 1 });

  return timeline(faker, count, now - 90 * day, 90 * day).map((time, i) => ({
    id: i + 1,
    user_id: active[Math.min(any(active.length), any(active.length))]!.id,
    name: faker.helpers.weightedArrayElement([
      { value: 'page_view', weight: 60 },
      { value: 'search', weight: 20 },
      { value: 'message_sent', weight: 12 },
      { value: 'sign_in', weight: 6 },
      { value: 'export', weight: 2 },
    ]),
    properties: {
      path: faker.helpers.arrayElement(paths),
      browser: faker.helpers.arrayElement(browsers),
      country: faker.location.countryCode(),
    },
    // The smallest of three random values: most are short, with the long tail that percentiles measure.
    duration_ms: 5 + Math.min(any(3000), any(3000), any(3000)),
    occurred_at: new Date(time),
  }));
}
