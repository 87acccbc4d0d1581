import type { Service } from '../../run/index.ts';
import type { ServerConnection } from '../connection.ts';

/** A running server and how to end it. */
export interface PostgresServer extends Service {
  readonly connection: ServerConnection;
}
