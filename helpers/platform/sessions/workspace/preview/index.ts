export { type DevelopmentServer, developmentServer, type Preview } from './development-server.ts';
