import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import { Refusal } from './refusal.ts';

/**
 * The user's session, or a new one.
 * @throws Refusal when there are as many as there may be.
 */
export async function openSession(
  { pool, parts: { sessionStore, ids }, configuration: { limits, times } }: HermesContext,
  {
    clientId,
    userId,
    threadId,
  }: { readonly clientId: string; readonly userId: string; readonly threadId?: string | undefined },
): Promise<StoredSession> {
  const session = await sessionStore.open(pool, {
    id: ids.session(),
    client: clientId,
    user: userId,
    thread: threadId ?? ids.thread(),
    key: ids.key(),
    most: limits.sessions,
    lock: times.lock,
  });
  if (session === undefined) throw new Refusal(`All ${limits.sessions} workspaces are taken; try again later`);
  return session;
}
