import { randomUUID } from 'node:crypto';
import { realms } from '../platform/kernel/realms.ts';
import { signToken } from '../platform/kernel/tokens.ts';
import { call } from './api.ts';
import type { SessionUser } from './session.ts';

const hour = 3_600_000;

/** A user without a session, whose token is signed with the platform's secret and valid for an hour. Costs nothing. */
export function newSessionUser(secret: string, clientId = `client-${randomUUID().slice(0, 8)}`): SessionUser {
  const userId = `user-${randomUUID().slice(0, 8)}`;
  const token = signToken(
    { user_id: userId, email: `${userId}@example.com`, roles: ['admin'], tenant_id: clientId },
    secret,
    hour,
    realms.sessions,
  );
  return { clientId, userId, token };
}

/** Tells the platform that mail from this address is this user's. @throws ApiFailure */
export async function signUp(url: string, { clientId, userId, token }: SessionUser, email: string): Promise<void> {
  await call(url, '/hermes/api/users', { method: 'PUT', token, body: { email, clientId, userId } });
}
