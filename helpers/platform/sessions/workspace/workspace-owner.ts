/** The session that a container serves. */
export interface Identity {
  readonly sessionId: string;
  readonly clientId: string;
  readonly userId: string;
  readonly threadId: string;
}

/** Decides which session and user a container serves. */
export interface WorkspaceOwner {
  /** Whether a session to be opened is the first, the one that is already open (on any thread), or another. */
  admit(open: Identity | undefined, asked: Identity): 'first' | 'same' | 'other';
  /** Whether instructions come from the session's user. */
  mayInstruct(open: Identity, asked: Pick<Identity, 'clientId' | 'userId'>): boolean;
}

export const admission: WorkspaceOwner = {
  admit(open, asked) {
    if (open === undefined) return 'first';
    return open.sessionId === asked.sessionId && admission.mayInstruct(open, asked) ? 'same' : 'other';
  },
  mayInstruct: (open, asked) => open.clientId === asked.clientId && open.userId === asked.userId,
};
