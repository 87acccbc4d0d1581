import { Type, type Static } from 'typebox';
import { ClickHouseError } from '@clickhouse/client';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isUnable } from '../store/clickhouse.ts';
import { hasSqlState } from '../../../lib/pg.ts';
import { isAway, sqlState } from '../store/database.ts';

/** The documented codes and their statuses. */
export const errorStatus = {
  VALIDATION_ERROR: 400,
  INVALID_TRANSITION: 400,
  AUTHENTICATION_ERROR: 401,
  AUTHORIZATION_ERROR: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  LOCKED: 423,
  RATE_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  PROVIDER_ERROR: 502,
  SERVICE_UNAVAILABLE: 503,
} as const;
export type ErrorCode = keyof typeof errorStatus;

const FieldError = Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() });
export type FieldError = Static<typeof FieldError>;

export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.Enum(Object.keys(errorStatus) as ErrorCode[]),
    message: Type.String(),
    details: Type.Object({ field_errors: Type.Optional(Type.Array(FieldError)) }, { additionalProperties: true }),
    trace_id: Type.String(),
    timestamp: Type.String({ format: 'date-time' }),
  }),
});
export type ErrorBody = Static<typeof ErrorBody>;

/** A documented error. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  static invalid(...errors: readonly FieldError[]): ApiError {
    return new ApiError('VALIDATION_ERROR', errors.map(({ message }) => message).join('; '), { field_errors: errors });
  }
}

/** Answers any error with the documented body. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, message, details } = toApiError(error);
  const status = errorStatus[code];
  if (status === 500) request.log.error(error);
  const body: ErrorBody = {
    error: { code, message, details, trace_id: request.id, timestamp: new Date().toISOString() },
  };
  void reply.status(status).type('application/json').send(body);
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { validation, validationContext, statusCode, message } = error as FastifyError;
  if (validation !== undefined) {
    return ApiError.invalid(
      ...validation.map(({ instancePath, keyword, params, message: complaint = 'is invalid' }) => {
        const missing = params['missingProperty'] ?? params['additionalProperty'];
        const field = [...instancePath.split('/').slice(1), ...(typeof missing === 'string' ? [missing] : [])].join(
          '.',
        );
        return { field, code: keyword, message: `${field === '' ? validationContext : field} ${complaint}` };
      }),
    );
  }
  if (statusCode === 413) return new ApiError('PAYLOAD_TOO_LARGE', message);
  if (statusCode === 415) return new ApiError('UNSUPPORTED_MEDIA_TYPE', message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ApiError('VALIDATION_ERROR', message);
  if (hasSqlState(error, sqlState.lockNotAvailable))
    return new ApiError('LOCKED', 'Another operation holds it; try again');
  if (error instanceof ClickHouseError ? isUnable(error) : isAway(error))
    return new ApiError('SERVICE_UNAVAILABLE', 'A store that this needs is away; try again');
  return new ApiError('INTERNAL_ERROR', 'Something went wrong');
}
