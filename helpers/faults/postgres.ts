export * from './postgres/changes.ts';
export * from './postgres/contents.ts';
export * from './postgres/cut-offs.ts';
export * from './postgres/many-tables.ts';
export * from './postgres/roles.ts';
export * from './postgres/schema-files.ts';
export * from './postgres/template-cache.ts';
export * from './postgres/transactions.ts';
