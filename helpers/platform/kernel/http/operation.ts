import type { FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';
import { ErrorBody } from './errors.ts';

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 423 | 429 | 502;

/** Errors of every operation. */
const always = { 400: ErrorBody, 503: ErrorBody } as const;
const secured = { ...always, 401: ErrorBody } as const;
/** Additional errors of operations with a body. */
const bodyErrors = [413, 415] as const;

interface Described extends FastifySchema {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: TSchema;
}

/** Completes a route's schema with its possible errors, and whether it needs a token. */
export function operation<const Schema extends Described, const Responses extends Readonly<Record<number, TSchema>>>(
  schema: Schema,
  success: Responses,
  errors: readonly Status[] = [],
  { open } = { open: false },
) {
  const more = Object.fromEntries(
    [...errors, ...(schema.body === undefined ? [] : bodyErrors)].map((status) => [status, ErrorBody]),
  ) as { [status in Status]: typeof ErrorBody };
  return {
    ...schema,
    security: open ? [] : [{ token: [] }],
    response: { ...(open ? always : secured), ...more, ...success },
  };
}
