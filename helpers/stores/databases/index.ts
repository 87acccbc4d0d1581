export { Databases } from './databases.ts';
export { type DatabasesParts, databasesParts } from './consistency.ts';
