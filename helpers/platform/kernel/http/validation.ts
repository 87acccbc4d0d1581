import { Ajv, type Options } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/** Bodies are taken as they are. What stands in an address is text, and becomes what it should be. */
export function validatorWith(formats: NonNullable<Options['formats']>): FastifySchemaCompiler<TSchema> {
  const options: Options = { allErrors: true, useDefaults: true, strict: false, formats };
  const [forBodies, forAddresses] = [new Ajv(options), new Ajv({ ...options, coerceTypes: 'array' })];
  return ({ schema, httpPart }) => (httpPart === 'body' ? forBodies : forAddresses).compile(schema);
}
