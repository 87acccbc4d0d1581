export { runInSession, type SessionResult } from './client.ts';
