import { Ajv, type Options } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import type { CreateExperiment } from '../../experiments/contract.ts';
import { ConfigurationError, findTemplate } from '../../experiments/pipelines/index.ts';
import type { FieldError } from './errors.ts';
import { formats } from './formats.ts';

const options: Options = { allErrors: true, useDefaults: true, strict: false, formats };

/** Bodies are taken as they are. What stands in an address is text, and becomes what it should be. */
const forBodies = new Ajv(options);
const forAddresses = new Ajv({ ...options, coerceTypes: 'array' });

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? forBodies : forAddresses).compile(schema);

/** What a schema cannot say of a new experiment. */
export function checkCreation({ baseline_pipeline, candidate_pipeline, config }: CreateExperiment): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, pipeline] of Object.entries({ baseline_pipeline, candidate_pipeline })) {
    if (findTemplate(pipeline) === undefined)
      errors.push({ field, code: 'unknown', message: `${field} names no pipeline: ${pipeline}` });
  }
  const { baseline_percentage: baseline, candidate_percentage: candidate } = config.traffic_split ?? {
    baseline_percentage: 50,
    candidate_percentage: 50,
  };
  if (baseline + candidate !== 100)
    errors.push({
      field: 'config.traffic_split',
      code: 'sum',
      message: `config.traffic_split must be 100 together, not ${baseline + candidate}`,
    });
  return errors;
}

/** What is wrong with the processors that stand in a field; any other error is thrown again. */
export function processorError(error: unknown, field: string): FieldError {
  if (!(error instanceof ConfigurationError)) throw error;
  return { field, code: 'processor', message: error.message };
}
