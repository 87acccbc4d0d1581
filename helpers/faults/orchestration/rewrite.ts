import type { OrchestrationParts, OrchestrationStore } from '../../orchestration/index.ts';
import { faultsOf, replaced } from '../fault.ts';

const fault = faultsOf('orchestration');

type Client = (store: OrchestrationStore) => Partial<OrchestrationStore>;

/** A fault in the SQL of the PostgreSQL store: `from` is replaced by `to`. */
export function sqlFault(promise: string, from: string, to: string, caughtBy: string) {
  return fault('postgres', promise, ({ schema }) => ({ schema: replaced(schema, from, to) }), caughtBy);
}

/** A fault in every client of any store: some of its operations are replaced. */
export function clientFault(promise: string, broken: Client, caughtBy: string) {
  const decorate = (original: OrchestrationParts['client']): OrchestrationParts['client'] => {
    return (store) => withOperations(original(store), broken(store));
  };
  return fault('client', promise, decorate, caughtBy);
}

function withOperations(store: OrchestrationStore, operations: Partial<OrchestrationStore>): OrchestrationStore {
  return new Proxy(store, {
    get(target, name) {
      const replacement: unknown = Reflect.get(operations, name);
      if (replacement !== undefined) return replacement;
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}
