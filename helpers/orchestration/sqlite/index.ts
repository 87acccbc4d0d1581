export { sqliteModule, sqliteSchema } from './sqlite-module.ts';
