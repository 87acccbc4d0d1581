import type { OpenStore, StoreContext, StoreModule } from '../../../orchestration/index.ts';
import { type Contender, contender, mostClients, startInstances, storeTurn, waiting } from './measure-turns.ts';

/** A store of the contract, with instances that wait for their turn. */
export async function storeContender(module: StoreModule, context: StoreContext, label: string): Promise<Contender> {
  const store = await module.open(context);
  const clients = await connect(store);
  await startInstances(clients[0]!, waiting);
  let deadlocks = 0;
  return contender(
    module.name,
    label,
    clients.map((client) => storeTurn(client, () => deadlocks++)),
    async () => {
      for (const client of clients) await client.close();
      await store.close();
    },
    () => deadlocks,
  );
}

function connect(store: OpenStore) {
  return Promise.all(Array.from({ length: mostClients }, () => store.connect()));
}
