/** The codes of a workspace's refusals, and their statuses. */
export const errorStatus = {
  VALIDATION_ERROR: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  NOT_UNDERSTOOD: 422,
  INTERNAL_ERROR: 500,
} as const;
export type WorkspaceErrorCode = keyof typeof errorStatus;

/** A refusal. Its message is one sentence for the client. */
export class WorkspaceError extends Error {
  readonly code: WorkspaceErrorCode;

  constructor(code: WorkspaceErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}
