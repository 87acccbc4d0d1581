import type { AddressInfo } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { Type } from 'typebox';
import { authenticate } from '../../kernel/http/authentication.ts';
import { answerError, ApiError, type FieldError } from '../../kernel/http/errors.ts';
import { httpTimes } from '../../../lib/http-limits.ts';
import { processorError, validatorCompiler } from '../http/validation.ts';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { Configurations } from '../contract.ts';
import { variants, type Variant } from '../variants.ts';
import { renderConfiguration, templates } from '../pipelines/index.ts';
import type { GeneratorParts } from './parts.ts';

const Generate = Type.Object(
  {
    experiment_id: Type.String({ format: 'uuid' }),
    baseline_pipeline: Type.String(),
    candidate_pipeline: Type.String(),
    target_hosts: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    variables: Type.Record(Type.String(), Type.String()),
    duration: Type.String({ format: 'experiment-duration' }),
    processors: Type.Optional(
      Type.Object(
        { baseline: Type.Optional(Type.Array(Type.Unknown())), candidate: Type.Optional(Type.Array(Type.Unknown())) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The config generator: turns pipelines into collector configurations for the controller. Returns its port. */
export async function serveGenerator(
  {
    configuration: { secret, times },
    parts: { catalogue, generatorTokens },
  }: Context<GeneratorParts, PlatformConfiguration>,
  port = 0,
): Promise<number> {
  const verifier = generatorTokens(secret);
  const server = fastify({
    forceCloseConnections: true,
    requestTimeout: times.request.request,
    http: httpTimes(times.request),
    logger: { level: 'error', base: null },
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setErrorHandler(answerError);

  server.addHook('onRequest', (request, _reply, done) => {
    authenticate(request, verifier);
    done();
  });
  server.get('/api/v1/templates', () => ({ templates }));

  server.post('/api/v1/generate', { schema: { body: Generate, response: { 200: Configurations } } }, ({ body }) => {
    const errors: FieldError[] = [];
    const render = (variant: Variant): string => {
      const field = `${variant}_pipeline` as const;
      const processors = body.processors?.[variant] ?? catalogue.find(body[field])?.processors;
      try {
        if (processors !== undefined)
          return renderConfiguration({
            experimentId: body.experiment_id,
            variant,
            processors,
            targetHosts: body.target_hosts,
            variables: body.variables,
            collectionInterval: `${times.scrape}ms`,
          });
        errors.push({ field, code: 'unknown', message: `${field} names no pipeline: ${body[field]}` });
      } catch (error) {
        errors.push(processorError(error, `processors.${variant}`));
      }
      return '';
    };
    const [baseline_config, candidate_config] = variants.map(render) as [string, string];
    if (errors.length > 0) throw ApiError.invalid(...errors);
    return { experiment_id: body.experiment_id, baseline_config, candidate_config };
  });

  await server.listen({ host: '127.0.0.1', port });
  return (server.server.address() as AddressInfo).port;
}
