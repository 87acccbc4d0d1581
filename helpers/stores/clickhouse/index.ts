export { type ClickHouseConnection, quoted } from './connection.ts';
export { ClickHouseDatabase } from './database.ts';
export { type ClickHouseParts, clickhouseParts } from './parts.ts';
export { checkClickHouse, databasesOfRuns, startClickHouseServer } from './server/index.ts';
export { placeTables, type Tables } from './tables.ts';
export type { InsertFunction } from './template.ts';
export { ClickHouseWorker, type Lease } from './worker.ts';
