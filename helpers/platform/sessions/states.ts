/** The life of a session: it only ever moves to the right. */
export const sessionStates = ['initializing', 'active', 'draining', 'expired'] as const;
export type SessionState = (typeof sessionStates)[number];
