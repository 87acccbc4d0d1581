export type { ServerConnection } from './connection.ts';
export { type Isolation, PostgresDatabase } from './database.ts';
export { type PostgresParts, postgresParts } from './parts.ts';
export type { Schema, SchemaCommand, SchemaFunction } from './schema.ts';
export { checkPostgres, databasesOfRuns, type PostgresServer, startPostgresServer } from './server/index.ts';
export type { DatasetFunction } from './template.ts';
export { type KeptDatabase, type Lease, PostgresWorker, type DatabaseRequest } from './worker.ts';
