import { Ajv, type Options } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/** Bodies are not converted. Values in addresses are strings, and are converted to the schema's types. */
export function validatorWith(formats: NonNullable<Options['formats']>): FastifySchemaCompiler<TSchema> {
  const options: Options = { allErrors: true, useDefaults: true, strict: false, formats };
  const [forBodies, forAddresses] = [new Ajv(options), new Ajv({ ...options, coerceTypes: 'array' })];
  return ({ schema, httpPart }) => (httpPart === 'body' ? forBodies : forAddresses).compile(schema);
}
