import { createFaker, numberRepetitions, slug } from './random.ts';
import { day, hour, timeline } from './time.ts';

export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly domain: string;
  readonly plan: 'free' | 'team' | 'enterprise';
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface User {
  readonly id: number;
  readonly email: string;
  readonly email_verified: boolean;
  readonly first_name: string;
  readonly last_name: string;
  readonly display_name: string;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly time_zone: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_login_at: Date | null;
}

export interface Membership {
  readonly organization_id: number;
  readonly user_id: number;
  readonly role: 'owner' | 'admin' | 'member' | 'viewer';
  readonly joined_at: Date;
}

/** At least two, even for three users, because a single tenant would hide a missing tenant filter. */
export function createOrganizations(userCount: number, now: number): Organization[] {
  const faker = createFaker('organizations');
  const unique = numberRepetitions();
  const created = timeline(faker, Math.ceil(userCount / 10) + 1, now - 730 * day, 360 * day);

  return created.map((time, i) => {
    const name = faker.company.name();
    const uniqueSlug = unique(slug(name));
    return {
      id: i + 1,
      name,
      slug: uniqueSlug,
      domain: `${uniqueSlug}.example`,
      plan: faker.helpers.weightedArrayElement([
        { value: 'free', weight: 5 },
        { value: 'team', weight: 3 },
        { value: 'enterprise', weight: 1 },
      ]),
      created_at: new Date(time),
      updated_at: new Date(time),
    };
  });
}

/** Spreads users evenly over the organizations; the first user of each owns it and is therefore active. */
export function createUsers(count: number, organizations: readonly Organization[], now: number): User[] {
  const faker = createFaker('users');
  const unique = numberRepetitions();
  // Every user is older than any event or thread.
  const created = timeline(faker, count, now - 365 * day, 270 * day);

  return created.map((time, i) => {
    const firstName = faker.person.firstName();
    const lastName = faker.person.lastName();
    const status = i < organizations.length ? 'active' : statusOf(i);
    const lastLogin = new Date(now - faker.number.int({ min: hour, max: 14 * day }));
    const timeZone = faker.location.timeZone();
    return {
      id: i + 1,
      email: `${unique(`${slug(firstName)}.${slug(lastName)}`)}@${homeOf(i, organizations).domain}`,
      email_verified: status !== 'invited',
      first_name: firstName,
      last_name: lastName,
      display_name: `${firstName} ${lastName}`,
      status,
      time_zone: timeZone,
      created_at: new Date(time),
      updated_at: status === 'invited' ? new Date(time) : lastLogin,
      last_login_at: status === 'invited' ? null : lastLogin,
    };
  });
}

/** Every user belongs to a home organization, and every fifth is also a guest in the next one. */
export function createMemberships(users: readonly User[], organizations: readonly Organization[]): Membership[] {
  return users.flatMap((user, i) => {
    const home: Membership = {
      organization_id: homeOf(i, organizations).id,
      user_id: user.id,
      role: i < organizations.length ? 'owner' : i % 6 === 0 ? 'admin' : 'member',
      joined_at: user.created_at,
    };
    const guest: Membership = {
      organization_id: homeOf(i + 1, organizations).id,
      user_id: user.id,
      role: 'viewer',
      joined_at: user.created_at,
    };
    return i % 5 === 0 ? [home, guest] : [home];
  });
}

/** Statuses depend on the position, not on chance, so that all but the smallest datasets have users of each status. */
function statusOf(index: number): User['status'] {
  if (index % 10 === 6) return 'suspended';
  return index % 10 === 9 ? 'invited' : 'active';
}

function homeOf(index: number, organizations: readonly Organization[]): Organization {
  return organizations[index % organizations.length]!;
}
