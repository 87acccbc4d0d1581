export { runInSession } from './client.ts';
