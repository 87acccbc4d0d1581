/**
 * The documented contract of experiments, as schemas: the gateway validates by them, its OpenAPI document shows them,
 * and clients get their types from them. Names are the original's (snake_case).
 */
import { Type, type Static } from 'typebox';
import { nullable } from '../kernel/http/nullable.ts';
import { loadProfiles } from './pipelines/index.ts';
import { actions, states } from './states.ts';
import { variants } from './variants.ts';

const strict = { additionalProperties: false } as const;
const timestamp = Type.String({ format: 'date-time' });
const percentage = Type.Number({ minimum: 0, maximum: 100 });
const link = Type.String();

/** Without control characters and half surrogate pairs, which no database accepts. */
const words = (options: { minLength?: number; maxLength: number }) => Type.String({ ...options, format: 'words' });

export const Load = Type.Object(
  {
    profile: Type.Enum(loadProfiles),
    process_count: Type.Integer({ minimum: 1, maximum: 1000, description: 'Simulated processes on each node.' }),
  },
  strict,
);
export type Load = Static<typeof Load>;

const SuccessCriteria = Type.Object(
  {
    min_cardinality_reduction: Type.Optional(percentage),
    max_latency_increase: Type.Optional(percentage),
    max_error_rate: Type.Optional(percentage),
    critical_process_coverage: Type.Optional(percentage),
  },
  strict,
);
export type SuccessCriteria = Static<typeof SuccessCriteria>;

const Config = Type.Object(
  {
    duration: Type.String({ format: 'experiment-duration', description: 'From 100ms to 24h, for example 30m.' }),
    traffic_split: Type.Optional(
      Type.Object(
        {
          baseline_percentage: Type.Integer({ minimum: 0, maximum: 100 }),
          candidate_percentage: Type.Integer({ minimum: 0, maximum: 100 }),
        },
        { ...strict, description: 'Share of the scrapes that each variant collects; 100 together. Default 50 and 50.' },
      ),
    ),
    success_criteria: Type.Optional(SuccessCriteria),
    load_profile: Type.Optional(Type.Enum(loadProfiles, { description: 'Default realistic.' })),
    process_count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 50.' })),
    critical_processes: Type.Optional(
      Type.Array(words({ minLength: 1, maxLength: 100 }), {
        maxItems: 50,
        uniqueItems: true,
        description: 'Names of the processes that the candidate has to keep. Default: those that matter on every host.',
      }),
    ),
  },
  strict,
);
export type Config = Static<typeof Config>;

export const CreateExperiment = Type.Object(
  {
    name: words({ minLength: 3, maxLength: 100 }),
    description: Type.Optional(words({ maxLength: 500 })),
    baseline_pipeline: words({ minLength: 1, maxLength: 100 }),
    candidate_pipeline: words({ minLength: 1, maxLength: 100 }),
    target_nodes: Type.Array(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' }), {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
    }),
    config: Config,
  },
  strict,
);
export type CreateExperiment = Static<typeof CreateExperiment>;

const Links = Type.Object({ self: link, metrics: link, cancel: link });

export const CreatedExperiment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  state: Type.Enum(states),
  created_at: timestamp,
  estimated_completion: timestamp,
  _links: Links,
});
export type CreatedExperiment = Static<typeof CreatedExperiment>;

export const Results = Type.Object({
  recommendation: Type.Enum(['adopt_candidate', 'keep_baseline']),
  summary: Type.String(),
  cardinality_reduction: Type.Number({ description: 'Percent.' }),
  latency_increase: Type.Number({ description: 'Percent.' }),
  error_rate: Type.Number({ description: 'Percent of the samples.' }),
  critical_process_coverage: Type.Number({ description: 'Percent.' }),
  criteria: Type.Array(
    Type.Object({ criterion: Type.String(), expected: Type.Number(), found: Type.Number(), met: Type.Boolean() }),
  ),
});
export type Results = Static<typeof Results>;

export const Experiment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  description: Type.String(),
  state: Type.Enum(states),
  paused: Type.Boolean(),
  baseline_pipeline: Type.String(),
  candidate_pipeline: Type.String(),
  target_nodes: Type.Array(Type.String()),
  config: Config,
  load: Load,
  results: nullable(Results),
  created_at: timestamp,
  updated_at: timestamp,
  started_at: nullable(timestamp),
  completed_at: nullable(timestamp),
  _links: Links,
});
export type Experiment = Static<typeof Experiment>;

export const sortable = ['created_at', '-created_at', 'name', '-name', 'updated_at', '-updated_at'] as const;

export const ListQuery = Type.Object(
  {
    state: Type.Optional(Type.Array(Type.Enum(states), { maxItems: states.length })),
    created_after: Type.Optional(timestamp),
    created_before: Type.Optional(timestamp),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    sort: Type.Optional(Type.Enum(sortable, { default: '-created_at' })),
  },
  strict,
);
export type ListQuery = Static<typeof ListQuery>;

export const ExperimentList = Type.Object({
  experiments: Type.Array(Experiment),
  _meta: Type.Object({
    current_page: Type.Integer(),
    per_page: Type.Integer(),
    total_pages: Type.Integer(),
    total_count: Type.Integer(),
  }),
  _links: Type.Object({ self: link, next: nullable(link), prev: nullable(link), first: link, last: link }),
});
export type ExperimentList = Static<typeof ExperimentList>;

export const ChangeState = Type.Object(
  { action: Type.Enum(actions), reason: Type.Optional(words({ maxLength: 500 })) },
  strict,
);
export type ChangeState = Static<typeof ChangeState>;

export const StateChange = Type.Object({
  id: Type.String({ format: 'uuid' }),
  previous_state: Type.Enum(states),
  current_state: Type.Enum(states),
  transition_time: timestamp,
});
export type StateChange = Static<typeof StateChange>;

export const ChangePipeline = Type.Object(
  {
    variant: Type.Optional(Type.Enum(variants, { default: 'candidate' })),
    processors: Type.Array(Type.Unsafe<Record<string, unknown>>({ type: 'object' }), {
      maxItems: 20,
      description: 'For example [{"type": "filter", "config": {"include_patterns": ["critical_*"]}}].',
    }),
  },
  strict,
);
export type ChangePipeline = Static<typeof ChangePipeline>;

/** A pipeline of an experiment on its nodes. */
export const Deployment = Type.Object({
  variant: Type.Enum(variants),
  pipeline: Type.String(),
  nodes: Type.Array(Type.String()),
  version: Type.Integer({ description: 'Of the configuration that is wanted.' }),
  applied_version: Type.Integer({ description: 'Of the configuration that runs; 0 before any does.' }),
  agent: nullable(Type.String()),
  deployed_at: timestamp,
});
export type Deployment = Static<typeof Deployment>;

export const Deployments = Type.Object({ deployments: Type.Array(Deployment) });
export type Deployments = Static<typeof Deployments>;

export const Configurations = Type.Object({
  experiment_id: Type.String({ format: 'uuid' }),
  baseline_config: Type.String({ description: 'YAML.' }),
  candidate_config: Type.String({ description: 'YAML.' }),
});
export type Configurations = Static<typeof Configurations>;

export const MetricsQuery = Type.Object(
  {
    start_time: Type.Optional(timestamp),
    end_time: Type.Optional(timestamp),
  },
  strict,
);
export type MetricsQuery = Static<typeof MetricsQuery>;

export const VariantMetrics = Type.Object({
  time_series_count: Type.Integer(),
  samples_per_second: Type.Number(),
  cpu_usage_percent: Type.Number({ description: 'Of all processes that are reported, on average over time.' }),
  memory_usage_mb: Type.Number(),
  nodes: Type.Array(Type.String()),
  processes: Type.Array(Type.String()),
});
export type VariantMetrics = Static<typeof VariantMetrics>;

export const Metrics = Type.Object({
  experiment_id: Type.String({ format: 'uuid' }),
  time_range: Type.Object({ start: timestamp, end: timestamp }),
  metrics: Type.Object({ baseline: VariantMetrics, candidate: VariantMetrics }),
  comparison: Type.Object({ cardinality_reduction: Type.Number({ description: 'Percent.' }) }),
});
export type Metrics = Static<typeof Metrics>;

export const Pipelines = Type.Object({
  pipelines: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      version: Type.String(),
      description: Type.String(),
      category: Type.String(),
      tags: Type.Array(Type.String()),
      estimated_reduction: Type.Object({ from: Type.Number(), to: Type.Number() }),
    }),
  ),
});

export const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
