import type { CreateExperiment } from '../contract.ts';
import { ConfigurationError, findTemplate } from '../pipelines/index.ts';
import type { FieldError } from '../../kernel/http/errors.ts';
import { validatorWith } from '../../kernel/http/validation.ts';
import { experimentFormats } from './formats.ts';

export const validatorCompiler = validatorWith(experimentFormats);

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
