export { Databases } from './databases.ts';
export { type Consistency, type DatabasesParts, databasesParts } from './consistency.ts';
