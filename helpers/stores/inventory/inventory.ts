/** Everything that runs have left or still use, by kind: names that contain the id of the run. */
export type Inventory = Readonly<Record<InventoryKind, readonly string[]>>;
export const inventoryKinds = ['databases', 'processes', 'folders', 'containers', 'tasks'] as const;
export type InventoryKind = (typeof inventoryKinds)[number];
