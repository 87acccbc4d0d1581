import { Ajv, type Options } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import type { CreateExperiment } from '../experiments/contract.ts';
import { parseDuration } from '../experiments/duration.ts';
import { ConfigurationError, findTemplate } from '../experiments/pipelines/index.ts';
import type { FieldError } from './errors.ts';

/** The formats of the contract that JSON Schema has not, or has less strictly. */
export const formats: NonNullable<Options['formats']> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, // and no `urn:uuid:` before it
  'date-time': isTimestamp,
  text: (text: string) => text.isWellFormed() && !text.includes('\0'), // which a store can hold
  words: (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text),
  'experiment-duration': (text: string) => parseDuration(text) !== undefined,
};

const options: Options = { allErrors: true, useDefaults: true, strict: false, formats };

/** Bodies are taken as they are. What stands in an address is text, and becomes what it should be. */
const forBodies = new Ajv(options);
const forAddresses = new Ajv({ ...options, coerceTypes: 'array' });

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => (httpPart === 'body' ? forBodies : forAddresses).compile(schema);

/** RFC 3339, within the years that every store can hold. */
function isTimestamp(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return false;
  const year = new Date(text).getUTCFullYear();
  return year >= 1970 && year < 2200;
}

/** What a schema cannot say of a new experiment. */
export function checkCreation({ baseline_pipeline, candidate_pipeline, config }: CreateExperiment): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, pipeline] of Object.entries({ baseline_pipeline, candidate_pipeline })) {
    if (findTemplate(pipeline) === undefined) errors.push({ field, code: 'unknown', message: `${field} names no pipeline: ${pipeline}` });
  }
  const { baseline_percentage: baseline, candidate_percentage: candidate } = config.traffic_split ?? { baseline_percentage: 50, candidate_percentage: 50 };
  if (baseline + candidate !== 100) errors.push({ field: 'config.traffic_split', code: 'sum', message: `config.traffic_split must be 100 together, not ${baseline + candidate}` });
  return errors;
}

/** What is wrong with the processors that stand in a field; any other error is thrown again. */
export function processorError(error: unknown, field: string): FieldError {
  if (!(error instanceof ConfigurationError)) throw error;
  return { field, code: 'processor', message: error.message };
}
