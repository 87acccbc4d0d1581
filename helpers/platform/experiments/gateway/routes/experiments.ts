import type { FastifyRequest } from 'fastify';
import {
  ChangePipeline,
  ChangeState,
  Configurations,
  CreateExperiment,
  CreatedExperiment,
  Deployment,
  Deployments,
  Experiment,
  ExperimentList,
  Id,
  ListQuery,
  Load,
  StateChange,
} from '../../contract.ts';
import { parseDuration } from '../../duration.ts';
import { criticalProcesses, resolveProcessors } from '../../pipelines/index.ts';
import type { NewExperiment } from '../../store/creation.ts';
import { isRefused } from '../../../kernel/store/database.ts';
import { findDeployments, wantProcessors } from '../../store/pipeline-deployments.ts';
import type { StoredExperiment } from '../../store/experiment-reader.ts';
import { GroupCommit } from '../../store/group-commit.ts';
import { changeLoad } from '../../store/change-load.ts';
import { finalStates } from '../../states.ts';
import { changeState } from '../change-state.ts';
import type { ApiServer } from '../../../kernel/http/api-server.ts';
import type { GatewayContext } from '../context.ts';
import { ApiError } from '../../../kernel/http/errors.ts';
import { links, presentExperiment, presentPage } from '../presentation.ts';
import { operation } from '../../../kernel/http/operation.ts';
import { checkCreation, processorError } from '../../http/validation.ts';

const withoutPipelines = 'The experiment has no pipelines yet';
const defaultLoad = { profile: 'realistic', process_count: 50 } as const;

export function experimentRoutes(gateway: ApiServer, context: GatewayContext): void {
  const { pool, impatient, parts } = context;
  const creations = new GroupCommit<NewExperiment, string[]>({
    write: (batch) => parts.creation.write(impatient, batch),
    groupOf: parts.creation.groupOf,
    keysOf: ({ claims }) => claims,
    isOfOne: isRefused,
  });

  gateway.post(
    '/api/v1/experiments',
    {
      schema: operation(
        { operationId: 'createExperiment', summary: 'Create an experiment', body: CreateExperiment },
        { 201: CreatedExperiment },
        [409, 423],
      ),
    },
    async (request, reply) => {
      const { body } = request;
      const errors = checkCreation(body);
      if (errors.length > 0) throw ApiError.invalid(...errors);
      const createdAt = parts.clock.now();
      const { load_profile: profile = defaultLoad.profile, process_count = defaultLoad.process_count } = body.config;
      const experiment: NewExperiment = {
        ...body,
        id: parts.ids.next(),
        tenant: parts.access.scope(request.claims),
        description: body.description ?? '',
        config: {
          ...body.config,
          load_profile: profile,
          critical_processes: body.config.critical_processes ?? [...criticalProcesses],
        },
        load: { profile, process_count },
        createdAt: createdAt.toISOString(),
        claims: body.target_nodes,
      };
      const busy = await creations.add(experiment);
      if (busy.length > 0) throw new ApiError('CONFLICT', 'Experiment already exists for these nodes', { nodes: busy });
      return reply.status(201).send({
        id: experiment.id,
        name: experiment.name,
        state: 'pending',
        created_at: experiment.createdAt,
        estimated_completion: new Date(createdAt.getTime() + parseDuration(body.config.duration)!).toISOString(),
        _links: links(experiment.id),
      });
    },
  );

  gateway.get(
    '/api/v1/experiments',
    {
      schema: operation(
        { operationId: 'listExperiments', summary: 'List the experiments of the tenant', querystring: ListQuery },
        { 200: ExperimentList },
      ),
    },
    async (request) =>
      presentPage(
        await parts.experimentReader.list(pool, parts.access.scope(request.claims), request.query),
        request.query,
      ),
  );

  gateway.get(
    '/api/v1/experiments/:id',
    {
      schema: operation(
        { operationId: 'getExperiment', summary: 'Get an experiment', params: Id },
        { 200: Experiment },
        [403, 404],
      ),
    },
    async (request) => presentExperiment(await findOwn(context, request, request.params.id)),
  );

  gateway.patch(
    '/api/v1/experiments/:id/state',
    {
      schema: operation(
        {
          operationId: 'changeState',
          summary: 'Start, pause, resume or cancel an experiment',
          params: Id,
          body: ChangeState,
        },
        { 200: StateChange },
        [403, 404, 409, 423],
      ),
    },
    async (request) => {
      const { id } = await findOwn(context, request, request.params.id);
      return changeState(context, id, request.body);
    },
  );

  gateway.post(
    '/api/v1/experiments/:id/load',
    {
      schema: operation(
        {
          operationId: 'simulateLoad',
          summary: 'Change the load that an experiment runs under',
          params: Id,
          body: Load,
        },
        { 202: Load },
        [403, 404, 409, 423],
      ),
    },
    async (request, reply) => {
      const { id } = await findOwn(context, request, request.params.id);
      if (!(await changeLoad(impatient, id, request.body, parts.clock.now())))
        throw await conflict(context, request, id);
      return reply.status(202).send(request.body);
    },
  );

  gateway.patch(
    '/api/v1/experiments/:id/pipeline',
    {
      schema: operation(
        {
          operationId: 'changePipeline',
          summary: 'Change what a running pipeline does, without a restart',
          params: Id,
          body: ChangePipeline,
        },
        { 202: Deployment },
        [403, 404, 409, 423],
      ),
    },
    async (request, reply) => {
      const experiment = await findOwn(context, request, request.params.id);
      const { variant = 'candidate', processors } = request.body;
      checkAsked(processors);
      const version = await wantProcessors(impatient, experiment.id, variant, processors);
      const deployment = (await presentDeployments(context, experiment)).find((one) => one.variant === variant);
      if (version === undefined || deployment === undefined) throw await conflict(context, request, experiment.id);
      return reply.status(202).send({ ...deployment, version });
    },
  );

  gateway.get(
    '/api/v1/experiments/:id/deployments',
    {
      schema: operation(
        { operationId: 'listDeployments', summary: 'The pipelines that an experiment runs', params: Id },
        { 200: Deployments },
        [403, 404],
      ),
    },
    async (request) => ({
      deployments: await presentDeployments(context, await findOwn(context, request, request.params.id)),
    }),
  );

  gateway.get(
    '/api/v1/experiments/:id/configs',
    {
      schema: operation(
        { operationId: 'getConfigurations', summary: 'The collector configurations that were generated', params: Id },
        { 200: Configurations },
        [403, 404, 409],
      ),
    },
    async (request) => {
      const { id } = await findOwn(context, request, request.params.id);
      const [baseline, candidate] = await findDeployments(pool, id);
      if (baseline === undefined || candidate === undefined) throw new ApiError('CONFLICT', withoutPipelines);
      return { experiment_id: id, baseline_config: baseline.configuration, candidate_config: candidate.configuration };
    },
  );
}

/** @throws ApiError when there is no such experiment, or it belongs to another tenant. */
export async function findOwn(
  { pool, parts }: GatewayContext,
  { claims }: FastifyRequest,
  id: string,
): Promise<StoredExperiment> {
  const experiment = await parts.experimentReader.find(pool, id);
  if (experiment === undefined) throw new ApiError('NOT_FOUND', `There is no experiment ${id}`);
  if (!parts.access.mayUse(claims, experiment.tenant))
    throw new ApiError('AUTHORIZATION_ERROR', 'The experiment belongs to another tenant');
  return experiment;
}

/** The error for a change that is not possible in the current state. */
async function conflict(context: GatewayContext, request: FastifyRequest, id: string): Promise<ApiError> {
  const { state } = await findOwn(context, request, id);
  return new ApiError('CONFLICT', finalStates.includes(state) ? `The experiment is ${state}` : withoutPipelines);
}

async function presentDeployments({ pool }: GatewayContext, experiment: StoredExperiment): Promise<Deployment[]> {
  return (await findDeployments(pool, experiment.id)).map(
    ({ variant, version, applied_version, agent, deployed_at }) => ({
      variant,
      version,
      applied_version,
      agent,
      pipeline: variant === 'baseline' ? experiment.baseline_pipeline : experiment.candidate_pipeline,
      nodes: [...experiment.target_nodes],
      deployed_at: deployed_at.toISOString(),
    }),
  );
}

/** The generator's own check, without variables. */
function checkAsked(processors: readonly unknown[]): void {
  try {
    resolveProcessors(processors, {});
  } catch (error) {
    throw ApiError.invalid(processorError(error, 'processors'));
  }
}
