export { type DevelopmentServer, developmentServer, type Preview } from './server.ts';
