export { sqliteModule, sqliteSchema } from './module.ts';
