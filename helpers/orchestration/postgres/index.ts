export { postgresModule, postgresSchema } from './module.ts';
