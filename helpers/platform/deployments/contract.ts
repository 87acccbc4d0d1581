/**
 * The documented contract of deployments, as schemas: the manager validates by them, its OpenAPI document shows them,
 * and clients get their types from them.
 */
import { Type, type Static } from 'typebox';
import { nullable } from '../kernel/http/nullable.ts';

export const statuses = ['pending', 'applying', 'applied', 'failed', 'destroying', 'destroyed'] as const;
export type Status = (typeof statuses)[number];

export const resourceStatuses = ['absent', 'exists', 'in_doubt'] as const;
export type ResourceStatus = (typeof resourceStatuses)[number];

export const operationKinds = ['plan', 'apply', 'import', 'destroy'] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStatuses = ['queued', 'running', 'succeeded', 'failed'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

export const actions = ['create', 'update', 'replace', 'delete', 'none'] as const;

const strict = { additionalProperties: false } as const;
const timestamp = Type.String({ format: 'date-time' });
const uuid = Type.String({ format: 'uuid' });
const count = Type.Integer({ minimum: 0 });
const values = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });
const typeName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,99}$' });
const resourceName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,99}$' });
const address = Type.String({ pattern: '^[a-z][a-z0-9_]{0,99}[.][A-Za-z_][A-Za-z0-9_-]{0,99}$' });

export const WantedResource = Type.Object(
  {
    type: typeName,
    name: resourceName,
    config: values,
    dependsOn: Type.Optional(
      Type.Array(address, {
        maxItems: 100,
        uniqueItems: true,
        description: 'Resources of this deployment, as type.name, that exist before this one does.',
      }),
    ),
  },
  strict,
);
export type WantedResource = Static<typeof WantedResource>;

const config = Type.Unsafe<Record<string, unknown>>({
  ...values,
  description: "The provider's own configuration. It is never shown, since it may hold credentials.",
});
const environment = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,199}$' }),
  Type.String({ maxLength: 10_000, format: 'text' }),
  { ...strict, description: 'Variables of its provider process, which win over those of the manager. Never shown.' },
);
const resources = Type.Array(WantedResource, { maxItems: 200 });

export const CreateDeployment = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, format: 'words' }),
    provider: Type.String({ minLength: 1, maxLength: 500, format: 'words' }),
    config: Type.Optional(config),
    environment: Type.Optional(environment),
    resources: Type.Optional(resources),
  },
  strict,
);
export type CreateDeployment = Static<typeof CreateDeployment>;

export const ChangeDeployment = Type.Object(
  { config: Type.Optional(config), environment: Type.Optional(environment), resources: Type.Optional(resources) },
  { ...strict, description: 'What is given replaces what was wanted until now, from the next operation on.' },
);
export type ChangeDeployment = Static<typeof ChangeDeployment>;

export const OperationError = Type.Object({
  code: Type.String({ description: 'Such as DIAGNOSTICS, CRASHED, TIMEOUT, STALE_PLAN, IN_DOUBT, CANCELLED.' }),
  message: Type.String(),
  resource: nullable(Type.String({ description: 'The resource it happened at, as type.name.' })),
  diagnostics: Type.Array(
    Type.Object({
      severity: Type.Enum(['error', 'warning']),
      summary: Type.String(),
      detail: Type.String(),
      attribute: nullable(Type.String()),
    }),
  ),
});
export type OperationError = Static<typeof OperationError>;

export const Resource = Type.Object({
  type: Type.String(),
  name: Type.String(),
  status: Type.Enum(resourceStatuses, {
    description: 'in_doubt: a change was begun and its outcome is not known; the next apply or delete settles it.',
  }),
  tainted: Type.Boolean({ description: 'Its creation has failed half-way: the next apply replaces it.' }),
  state: nullable(values),
});
export type Resource = Static<typeof Resource>;

export const Instance = Type.Object({
  pid: nullable(Type.Integer({ description: 'Of its provider process; null while there is none.' })),
  protocol: nullable(Type.Integer()),
  workingDirectory: Type.String(),
  socket: nullable(Type.String()),
  launches: Type.Integer({ description: 'How often a provider process was launched for this deployment.' }),
});
export type Instance = Static<typeof Instance>;

export const Deployment = Type.Object({
  id: uuid,
  name: Type.String(),
  provider: Type.String(),
  status: Type.Enum(statuses),
  revision: Type.Integer({ description: 'Counts the changes of what is wanted.' }),
  serial: Type.Integer({ description: 'Counts the changes of its state.' }),
  instance: Instance,
  resources: Type.Array(Resource),
  error: nullable(OperationError),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Deployment = Static<typeof Deployment>;

export const ListQuery = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Enum(statuses), { maxItems: statuses.length })),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  },
  strict,
);
export type ListQuery = Static<typeof ListQuery>;

export const DeploymentList = Type.Object({
  deployments: Type.Array(Deployment, { description: 'The newest first.' }),
  page: count,
  perPage: count,
  total: count,
});
export type DeploymentList = Static<typeof DeploymentList>;

export const Change = Type.Object({
  type: Type.String(),
  name: Type.String(),
  action: Type.Enum(actions),
  before: nullable(values),
  after: nullable(values),
  requiresReplace: Type.Array(Type.String({ description: 'An attribute that forces the replacement.' })),
});
export type Change = Static<typeof Change>;

export const Plan = Type.Object({
  id: uuid,
  revision: Type.Integer({ description: 'Of what was wanted when it was made.' }),
  serial: Type.Integer({ description: 'Of the state that it was made on: it can be applied to no other.' }),
  changes: Type.Array(Change),
  createdAt: timestamp,
});
export type Plan = Static<typeof Plan>;

export const Apply = Type.Object(
  { plan: Type.Optional(Type.String({ format: 'uuid', description: 'Default: a plan that is made now.' })) },
  strict,
);

export const Import = Type.Object(
  { type: typeName, name: resourceName, id: Type.String({ minLength: 1, maxLength: 10_000, format: 'text' }) },
  strict,
);
export type Import = Static<typeof Import>;

export const Operation = Type.Object({
  number: Type.Integer({ description: 'Counts the operations of its deployment from 1; they run in this order.' }),
  kind: Type.Enum(operationKinds),
  status: Type.Enum(operationStatuses),
  plan: nullable(uuid),
  attempts: Type.Integer({ description: 'How often it was begun: more than once when the manager was killed.' }),
  error: nullable(OperationError),
  createdAt: timestamp,
  startedAt: nullable(timestamp),
  endedAt: nullable(timestamp),
});
export type Operation = Static<typeof Operation>;

export const Operations = Type.Object({ operations: Type.Array(Operation) });

export const Logs = Type.Object({
  lines: Type.Array(Type.String(), {
    description: 'The last lines of its provider processes, since the manager runs.',
  }),
});

export const ProviderDescription = Type.Object({
  pid: Type.Integer({ description: 'Of the process that has answered.' }),
  protocol: Type.Integer(),
  provider: values,
  resources: Type.Record(Type.String(), values),
});
export type ProviderDescription = Static<typeof ProviderDescription>;

export const Id = Type.Object({ id: uuid });
export const PlanId = Type.Object({ id: uuid, plan: uuid });
export const OperationNumber = Type.Object({ id: uuid, number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });
