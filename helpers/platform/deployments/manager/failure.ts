import { ProviderError } from '../../../terraform/index.ts';
import { messageOf } from '../../../lib/environment.ts';
import { ApiError } from '../../kernel/http/errors.ts';
import type { OperationError } from '../contract.ts';

/** Why an operation was refused by the manager itself. */
export type FailureCode =
  | 'STALE_PLAN'
  | 'UNKNOWN_PLAN'
  | 'IN_DOUBT'
  | 'CANCELLED'
  | 'DESTROYED'
  | 'EXISTS'
  | 'NOT_FOUND';

/** An operation that cannot be done. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Adds to an error at which resource it happened. */
export class FailureAt extends Error {
  readonly resource: string;

  constructor(resource: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.resource = resource;
  }
}

/** The error of an operation as it is stored and shown. One that a user has cancelled has failed for that reason. */
export function toOperationError(error: unknown, isCancelled: boolean): OperationError {
  if (error instanceof FailureAt) return { ...toOperationError(error.cause, isCancelled), resource: error.resource };
  const code = isCancelled
    ? 'CANCELLED'
    : error instanceof Failure || error instanceof ProviderError
      ? error.code
      : 'INTERNAL_ERROR';
  const diagnostics = error instanceof ProviderError ? error.diagnostics : [];
  return {
    code,
    message: messageOf(error),
    resource: null,
    diagnostics: diagnostics.map(({ attribute = null, ...diagnostic }) => ({ ...diagnostic, attribute })),
  };
}

/** The answer to a request whose operation has failed. */
export function toAnswer(error: OperationError): ApiError {
  const isConflict = ['STALE_PLAN', 'IN_DOUBT', 'DESTROYED', 'EXISTS', 'CANCELLED'].includes(error.code);
  const code = error.code === 'INTERNAL_ERROR' ? 'INTERNAL_ERROR' : isConflict ? 'CONFLICT' : 'PROVIDER_ERROR';
  return new ApiError(code, error.message, { ...error });
}
