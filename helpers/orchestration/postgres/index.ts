export { postgresModule } from './postgres-module.ts';
