/**
 * The life of a session: it moves to the right, but for an active one that has lost its container and waits for
 * another.
 */
export const sessionStates = ['initializing', 'active', 'draining', 'expired'] as const;
export type SessionState = (typeof sessionStates)[number];
