import type { OrchestrationStore } from './store.ts';
import { postgresSchema } from './postgres/schema.ts';

/** What faults of a durable store decorate. */
export interface OrchestrationParts {
  /** Every client of a store, whichever it is. */
  readonly client: (store: OrchestrationStore) => OrchestrationStore;
  /** The PostgreSQL store, which is SQL. */
  readonly postgres: { readonly schema: string };
}

export const orchestrationParts: OrchestrationParts = {
  client: (store) => store,
  postgres: { schema: postgresSchema },
};
