export { type ClickHouseConnection, quoted } from './connection.ts';
export { ClickHouseDatabase } from './database.ts';
export { type ClickHouseParts, clickhouseParts } from './parts.ts';
export { checkClickHouse, type ClickHouseServer, databasesOfRuns, startClickHouseServer } from './server/index.ts';
export type { Tables, TablesFunction, TableSetName } from './tables.ts';
export type { InsertFunction, Recipe } from './template.ts';
export { ClickHouseWorker, type ClickHouseWorkerOptions, type Lease } from './worker.ts';
