import { expect, test } from '@playwright/test';
import type { ProviderSchema } from '../../../terraform/index.ts';
import type { StoredDeployment } from '../store/deployment-store.ts';
import type { StoredOperation } from '../store/operation-queue.ts';
import type { StoredPlan } from '../store/plan-store.ts';
import type { StoredResource } from '../store/resource-store.ts';
import type { Instances } from './instances.ts';
import type { ManagerContext } from './manager-context.ts';
import { presentDeployments, presentOperation, presentPlan, presentSchema } from './presentation.ts';
import { secrecy } from './secrecy.ts';

const [created, updated] = [new Date('2026-01-01T01:00:00Z'), new Date('2026-01-01T02:00:00Z')];
const deployment = {
  id: 'd-1',
  tenant: 'ana',
  name: 'shop',
  provider: 'random',
  config: {},
  environment: { TOKEN: 'secret' },
  wanted: [
    { type: 'random_pet', name: 'two', config: {} },
    { type: 'random_pet', name: 'one', config: {} },
  ],
  status: 'ready',
  error: null,
  settings: 1,
  revision: 2,
  serial: 3,
  launches: 4,
  created_at: created,
  updated_at: updated,
} as unknown as StoredDeployment;

const resource = (name: string, more: Partial<StoredResource> = {}): StoredResource =>
  ({
    deployment: 'd-1',
    type: 'random_pet',
    name,
    status: 'exists',
    tainted: false,
    shown: { id: name },
    ...more,
  }) as unknown as StoredResource;

async function shown(
  resources: readonly StoredResource[] = [],
  { running, ...change }: Partial<StoredDeployment> & { running?: object } = {},
) {
  const context = {
    parts: {
      resources: { of: () => Promise.resolve(resources) },
      workspace: { pathOf: (root: string, { name }: StoredDeployment) => `${root}/${name}` },
    },
    configuration: { root: '/var/deployments' },
  } as unknown as ManagerContext;
  const instances = { find: () => running } as unknown as Instances;
  const [first] = await presentDeployments(context, instances, [{ ...deployment, ...change }]);
  return first!;
}

test('a deployment is shown without its settings and its environment, which may be secret', async () => {
  expect(await shown()).toEqual({
    id: 'd-1',
    name: 'shop',
    provider: 'random',
    status: 'ready',
    revision: 2,
    serial: 3,
    instance: { pid: null, protocol: null, workingDirectory: '/var/deployments/shop', socket: null, launches: 4 },
    resources: [
      { type: 'random_pet', name: 'two', status: 'absent', tainted: false, state: null },
      { type: 'random_pet', name: 'one', status: 'absent', tainted: false, state: null },
    ],
    error: null,
    createdAt: '2026-01-01T01:00:00.000Z',
    updatedAt: '2026-01-01T02:00:00.000Z',
  });
});

test('the process that serves a deployment is shown where it runs', async () => {
  const running = { provider: { pid: 7, protocol: 6, socket: '/tmp/socket' }, workingDirectory: '/elsewhere' };
  expect((await shown([], { running })).instance).toEqual({
    pid: 7,
    protocol: 6,
    workingDirectory: '/elsewhere',
    socket: '/tmp/socket',
    launches: 4,
  });
});

test('wanted resources come first, in their order, then others that exist or may exist', async () => {
  const { resources } = await shown([
    resource('gone', { status: 'absent' }),
    resource('doubtful', { status: 'in_doubt', shown: null }),
    resource('one', { tainted: true }),
    resource('of another deployment', { deployment: 'd-2' }),
  ]);
  expect(resources).toEqual([
    { type: 'random_pet', name: 'two', status: 'absent', tainted: false, state: null },
    { type: 'random_pet', name: 'one', status: 'exists', tainted: true, state: { id: 'one' } },
    { type: 'random_pet', name: 'doubtful', status: 'in_doubt', tainted: false, state: null },
  ]);
});

test('of a destroyed deployment only what still exists is shown', async () => {
  expect((await shown([], { status: 'destroyed' })).resources).toEqual([]);
  expect((await shown([resource('one')], { status: 'destroyed' })).resources).toMatchObject([{ name: 'one' }]);
});

test('a plan shows what it changes, without what only an apply needs', () => {
  const change = {
    type: 'random_pet',
    name: 'one',
    dependsOn: [],
    planned: { action: 'replace', requiresReplace: ['length'], before: { secret: 1 } },
    shown: { before: { length: 1 }, after: { length: 2 } },
  };
  const plan = { id: 'p-1', deployment: 'd-1', revision: 2, serial: 3, changes: [change], created_at: created };
  expect(presentPlan(plan as unknown as StoredPlan)).toEqual({
    id: 'p-1',
    revision: 2,
    serial: 3,
    changes: [
      {
        type: 'random_pet',
        name: 'one',
        action: 'replace',
        before: { length: 1 },
        after: { length: 2 },
        requiresReplace: ['length'],
      },
    ],
    createdAt: '2026-01-01T01:00:00.000Z',
  });
});

test('an operation has the times at which it began and ended, if it has', () => {
  const operation = {
    deployment: 'd-1',
    number: 5,
    kind: 'apply',
    status: 'queued',
    plan: 'p-1',
    attempts: 0,
    generation: null,
    error: null,
    created_at: created,
    started_at: null,
    ended_at: null,
  } as unknown as StoredOperation;
  const shape = {
    number: 5,
    kind: 'apply',
    status: 'queued',
    plan: 'p-1',
    attempts: 0,
    error: null,
    createdAt: '2026-01-01T01:00:00.000Z',
  };
  expect(presentOperation(operation)).toEqual({ ...shape, startedAt: null, endedAt: null });
  expect(presentOperation({ ...operation, started_at: created, ended_at: updated })).toEqual({
    ...shape,
    startedAt: '2026-01-01T01:00:00.000Z',
    endedAt: '2026-01-01T02:00:00.000Z',
  });
});

test('sensitive values are hidden, and of a type that the provider does not know everything is', () => {
  const attribute = (name: string, sensitive: boolean) => ({ name, sensitive, nested: undefined });
  const block = { attributes: [attribute('length', false), attribute('password', true)], blocks: [] };
  const schema = { provider: { block }, resources: { random_pet: { version: 0, block } } } as unknown as ProviderSchema;
  expect(secrecy.show(schema, 'random_pet', { length: 2, password: 'x' })).toEqual({
    length: 2,
    password: expect.not.stringContaining('x'),
  });
  expect(secrecy.show(schema, 'unknown', { length: 2 })).toEqual({});
  expect(presentSchema(schema)).toEqual({ provider: { block }, resources: { random_pet: { version: 0, block } } });
});
