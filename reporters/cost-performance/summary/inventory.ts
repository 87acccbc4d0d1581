import { inventoryKinds, type Inventory, type RunRecord } from '../record.ts';
import type { Summary } from './summary-schema.ts';

type SummarizedInventory = Summary['inventory'];

/** The inventories before and after, and this run's leftovers; nulls when a shard could not take one. */
export function summarizeInventory({ shards }: RunRecord): SummarizedInventory {
  const looks = shards.flatMap(({ inventory, run }) => (inventory === undefined ? [] : [{ ...inventory, run }]));
  if (looks.length === 0 || looks.length < shards.length) return { before: null, after: null, leftBehind: null };
  return {
    before: count(looks.map(({ before }) => before)),
    after: count(looks.map(({ after }) => after)),
    leftBehind: looks.flatMap(({ before, after, run }) =>
      inventoryKinds.flatMap((kind) =>
        after[kind]
          .filter((name) => run !== undefined && name.includes(run) && !before[kind].includes(name))
          .map((name) => ({ kind, name })),
      ),
    ),
  };
}

function count(inventories: readonly Inventory[]): Record<string, number> {
  return Object.fromEntries(
    inventoryKinds.map((kind) => [kind, inventories.reduce((sum, inventory) => sum + inventory[kind].length, 0)]),
  );
}
