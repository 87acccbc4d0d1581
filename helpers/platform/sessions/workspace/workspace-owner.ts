/** Who a container works for. */
export interface Identity {
  readonly sessionId: string;
  readonly clientId: string;
  readonly userId: string;
  readonly threadId: string;
}

/** Whom a container serves: one session, of one user. */
export interface WorkspaceOwner {
  /**
   * Whether a session that asks to be opened is the first, the one that is open already (on whatever thread), or
   * another.
   */
  admit(open: Identity | undefined, asked: Identity): 'first' | 'same' | 'other';
  /** Whether instructions come from the one whom the session belongs to. */
  mayInstruct(open: Identity, asked: Pick<Identity, 'clientId' | 'userId'>): boolean;
}

export const admission: WorkspaceOwner = {
  admit(open, asked) {
    if (open === undefined) return 'first';
    return open.sessionId === asked.sessionId && admission.mayInstruct(open, asked) ? 'same' : 'other';
  },
  mayInstruct: (open, asked) => open.clientId === asked.clientId && open.userId === asked.userId,
};
