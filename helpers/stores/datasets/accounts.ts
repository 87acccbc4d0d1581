import { createHash } from 'node:crypto';
import type { Value } from './table.ts';
import type { Membership, User } from './people.ts';
import { createFaker } from './random.ts';
import { day } from './time.ts';

export interface UserSession {
  readonly id: number;
  readonly user_id: number;
  readonly token_hash: string;
  readonly ip_address: string;
  readonly user_agent: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
}

export interface AuditEntry {
  readonly occurred_at: Date;
  /** `null` is the system itself. */
  readonly actor_id: number | null;
  readonly action: 'user.created' | 'user.suspended' | 'membership.granted' | 'session.started';
  readonly target_type: 'user' | 'organization' | 'session';
  readonly target_id: number;
  readonly details: Value;
}

/** The last login of every user that has one, and an earlier one of every other user. A suspension revokes both. */
export function createSessions(users: readonly User[]): UserSession[] {
  const faker = createFaker('sessions');
  const userAgents = Array.from({ length: 20 }, () => faker.internet.userAgent());

  return users
    .flatMap((user) => {
      if (user.last_login_at === null) return [];
      const last = user.last_login_at.getTime();
      const earlier = last - faker.number.int({ min: day, max: 20 * day });
      return (user.id % 2 === 0 ? [earlier, last] : [last]).map((time) => ({ user, time }));
    })
    .toSorted((a, b) => a.time - b.time)
    .map(({ user, time }, i) => ({
      id: i + 1,
      user_id: user.id,
      token_hash: createHash('sha256')
        .update(`session ${i + 1}`)
        .digest('hex'),
      // From TEST-NET-3, which is never a real machine's address.
      ip_address: `203.0.113.${faker.number.int({ min: 1, max: 254 })}`,
      user_agent: faker.helpers.arrayElement(userAgents),
      created_at: new Date(time),
      expires_at: new Date(time + 30 * day),
      revoked_at: user.status === 'suspended' ? user.updated_at : null,
    }));
}

/** The history that the other tables imply, in order of time. */
export function createAuditLog(
  users: readonly User[],
  memberships: readonly Membership[],
  sessions: readonly UserSession[],
): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const { id, status, email, created_at, updated_at } of users) {
    const target = { target_type: 'user', target_id: id } as const;
    entries.push({ occurred_at: created_at, actor_id: null, action: 'user.created', ...target, details: { email } });
    if (status === 'suspended')
      entries.push({ occurred_at: updated_at, actor_id: null, action: 'user.suspended', ...target, details: {} });
  }
  for (const { organization_id, user_id, role, joined_at } of memberships)
    entries.push({
      occurred_at: joined_at,
      actor_id: null,
      action: 'membership.granted',
      target_type: 'organization',
      target_id: organization_id,
      details: { userId: user_id, role },
    });
  for (const { id, user_id, ip_address, created_at } of sessions)
    entries.push({
      occurred_at: created_at,
      actor_id: user_id,
      action: 'session.started',
      target_type: 'session',
      target_id: id,
      details: { ipAddress: ip_address },
    });
  return entries.toSorted((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime());
}
