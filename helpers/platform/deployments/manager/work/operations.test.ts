import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { withFault } from '../../../../faults/inject.ts';
import {
  type Planned,
  type Provider,
  ProviderError,
  type State,
  type Values,
  type Wish,
} from '../../../../terraform/index.ts';
import { expect, test as base } from '../../../../testing/index.ts';
import { stateSchema } from '../../open.ts';
import type { NewOperation, StoredOperation } from '../../store/operation-queue.ts';
import type { StoredResource } from '../../store/resource-store.ts';
import type { ManagerContext } from '../manager-context.ts';
import { type ManagerParts, managerParts } from '../parts.ts';
import { perform } from './operations.ts';

/** The schema of the provider below has this version. */
const version = 1;

/** A provider of things that remembers what it was asked. A thing's values are its configuration. */
class Things {
  /** Such as `delete one`. */
  readonly calls: string[] = [];
  /** What reading a thing finds; by default its state as it was stored. */
  found: (state: State) => State = (state) => state;
  /** How an apply ends that is not to succeed. */
  failure: ProviderError | undefined;
  /** Called during an apply. */
  meanwhile: () => void = () => undefined;

  readonly provider = {
    schema: () => Promise.resolve({ provider: {}, resources: { thing: { version, block: {} } } }),
    plan: ({ type, config, prior }: Wish) =>
      Promise.resolve({
        type,
        action: actionFor(config, prior?.values),
        before: prior?.values,
        after: config,
        requiresReplace: [],
        warnings: [],
        payload: { config: '', prior: '', planned: '', private: '' },
      } as Planned),
    apply: async ({ action, before, after }: Planned) => {
      this.calls.push(`${action} ${(after ?? before)!['name'] as string}`);
      this.meanwhile();
      if (this.failure !== undefined) throw this.failure;
      return { state: after === undefined ? undefined : stateOf(after), warnings: [] };
    },
    read: (_type: string, state: State) => Promise.resolve(this.found(state)),
    upgrade: (_type: string, state: State) => {
      this.calls.push(`upgrade ${state.values['name'] as string}`);
      return Promise.resolve({ ...state, schemaVersion: version });
    },
    import: (type: string, id: string) => Promise.resolve([{ type, state: stateOf({ name: id }) }]),
  } as unknown as Provider;
}

function actionFor(config: Values | undefined, found: Values | undefined): Planned['action'] {
  if (config === undefined) return 'delete';
  if (found === undefined) return 'create';
  return isDeepStrictEqual(config, found) ? 'none' : 'update';
}

function stateOf(values: Values, schemaVersion = version): State {
  return { schemaVersion, values, private: '' };
}

interface WorkFixtures {
  /** The deployment's id. */
  shop: string;
  parts: ManagerParts;
  things: Things;
  /** Does one operation on the deployment, in which two depends on one. Returns it as it was before its end. */
  work: (
    operation: Pick<NewOperation, 'kind' | 'import' | 'plan'>,
    cancellation?: AbortController,
  ) => Promise<StoredOperation>;
  /** The deployment's resources. */
  resources: () => Promise<StoredResource[]>;
}

const wanted = ['one', 'two'].map((name) => ({ type: 'thing', name, config: { name } }));

const test = base.extend<WorkFixtures>({
  parts: async ({ fault }, use) => {
    const secrecy: ManagerParts['secrecy'] = { show: (_schema, _type, values) => values };
    await use(await withFault('deployments', { ...managerParts, secrecy }, fault));
  },
  things: async ({}, use) => use(new Things()),
  shop: async ({ parts: { deployments }, postgres: { pool } }, use) => {
    const resources = wanted.map((one) => (one.name === 'two' ? { ...one, dependsOn: ['thing.one'] } : one));
    const { id } = await deployments.create(pool, randomUUID(), 'ana', { name: 'shop', provider: 'things', resources });
    await use(id);
  },
  work: async ({ parts, things: { provider }, postgres: { pool }, shop: id }, use) => {
    const instances = { use: (_: unknown, task: (given: Provider) => unknown) => task(provider), end: () => undefined };
    const context = { parts: { ...parts, workspace: { remove: () => undefined } }, pool, configuration: {} };
    const generation = await parts.operations.takeOver(pool);
    await use(async (operation, { signal: cancelled } = new AbortController()) => {
      await parts.operations.add(pool, { ...operation, deployment: id, lock: id, status: undefined });
      const [taken] = await parts.operations.take(pool, generation);
      const deployment = (await parts.deployments.find(pool, id))!;
      const job = { context, instances, deployment, operation: taken!, cancelled };
      try {
        await perform({ ...job, context: context as unknown as ManagerContext, instances: instances as never });
        return (await parts.operations.find(pool, id, taken!.number))!;
      } finally {
        await parts.operations.end(pool, taken!, undefined, undefined);
      }
    });
  },
  resources: async ({ parts, postgres: { pool }, shop }, use) => {
    await use(() => parts.resources.of(pool, [shop]));
  },
});

test.use({ schema: stateSchema, dataset: 'empty' });

test('an imported resource depends on what it is wanted to depend on, and is deleted before that', async ({
  work,
  resources,
  things,
}) => {
  for (const { type, name } of wanted) await work({ kind: 'import', import: { type, name, id: name } });
  expect(await resources()).toMatchObject([
    { name: 'one', dependsOn: [] },
    { name: 'two', dependsOn: ['thing.one'] },
  ]);
  await work({ kind: 'destroy' });
  expect(things.calls).toEqual(['delete two', 'delete one']);
});

test('a resource whose dependencies alone have changed is deleted before them', async ({
  work,
  things,
  parts,
  postgres: { pool },
  shop,
}) => {
  await work({ kind: 'apply' });
  const [one, two] = wanted;
  await parts.deployments.change(pool, shop, { resources: [{ ...one!, dependsOn: ['thing.two'] }, two!] });
  await work({ kind: 'apply' });
  await work({ kind: 'destroy' });
  expect(things.calls).toEqual(['create one', 'create two', 'delete one', 'delete two']);
});

test('a plan that has found another state can be applied', async ({ work, things, parts, postgres, shop }) => {
  await work({ kind: 'apply' });
  things.found = ({ values }) => stateOf({ ...values, color: 'red' });
  const { plan } = await work({ kind: 'plan' });
  const { pool } = postgres;
  const [made, current] = [parts.plans.find(pool, shop, plan!), parts.deployments.find(pool, shop)];
  expect(parts.plans.isCurrent((await made)!, (await current)!)).toBe(true);
});

test("a state of the schema's older version is upgraded before it is read", async ({ work, things }) => {
  await work({ kind: 'apply' });
  things.found = ({ values }) => stateOf(values, 0);
  await work({ kind: 'plan' });
  expect(things.calls, 'before an older state was found').not.toContain('upgrade one');
  await work({ kind: 'plan' });
  expect(things.calls).toContain('upgrade one');
});

test('what a failed creation has left is replaced, and the plan shows what it was', async ({
  work,
  things,
  parts,
  postgres: { pool },
  shop,
}) => {
  things.failure = new ProviderError('DIAGNOSTICS', 'no room', { partial: { state: stateOf({ name: 'half' }) } });
  await expect(work({ kind: 'apply' })).rejects.toThrow('no room');
  const { plan } = await work({ kind: 'plan' });
  const [change] = (await parts.plans.find(pool, shop, plan!))!.changes;
  expect(change!.shown).toEqual({ before: { name: 'half' }, after: { name: 'one' } });
  things.failure = undefined;
  await work({ kind: 'apply' });
  expect(things.calls).toEqual(['create one', 'delete half', 'create one', 'create two']);
});

test('a cancelled operation begins no further step', async ({ work, things }) => {
  const cancellation = new AbortController();
  things.meanwhile = () => cancellation.abort();
  await expect(work({ kind: 'apply' }, cancellation)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(things.calls).toEqual(['create one']);
});
