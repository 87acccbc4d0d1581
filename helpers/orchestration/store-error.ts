/** Why a store has refused an operation. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly operation: string;
  /** Whether the same call may succeed later: the store was busy, or a connection was lost. */
  readonly retryable: boolean;

  constructor(operation: string, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.operation = operation;
    this.retryable = retryable;
  }
}

/** The lock that a token stands for has ended, or never was. */
export function invalidToken(operation: string): StoreError {
  return new StoreError(operation, 'Invalid lock token', false);
}
