import type { RunFolder, Service } from '../../../run/index.ts';
import type { ServerConnection } from '../connection.ts';

/** A running server and how to end it. */
export interface PostgresServer extends Service {
  readonly connection: ServerConnection;
}

export interface StartOptions {
  readonly folder: RunFolder;
  /** How many workers will share the server. */
  readonly workers: number;
  /** Where a local server's data go at the end, when databases of failed tests are among them. */
  readonly keptFolder?: string;
}
