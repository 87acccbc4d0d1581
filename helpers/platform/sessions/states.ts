/** The states of a session, in order, except that an active session without its container initializes again. */
export const sessionStates = ['initializing', 'active', 'draining', 'expired'] as const;
export type SessionState = (typeof sessionStates)[number];
