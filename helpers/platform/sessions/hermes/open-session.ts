import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import { Refusal } from './refusal.ts';

/** Returns the user's session, or opens a new one. @throws Refusal when there are too many sessions. */
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
