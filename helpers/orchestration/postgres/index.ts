export { postgresModule, postgresSchema } from './postgres-module.ts';
