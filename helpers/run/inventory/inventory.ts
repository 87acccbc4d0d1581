/** What exists that runs of ours make, by kind: each thing's own name, which has the id of its run in it. */
export type Inventory = Readonly<Record<InventoryKind, readonly string[]>>;
export const inventoryKinds = ['databases', 'processes', 'folders', 'containers', 'tasks'] as const;
export type InventoryKind = (typeof inventoryKinds)[number];
