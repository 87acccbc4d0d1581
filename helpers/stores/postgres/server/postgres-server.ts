import type { RunFolder, Service } from '../../../run/index.ts';
import type { ServerConnection } from '../connection.ts';
import type { TemplateCaching } from '../template-cache/index.ts';

export interface PostgresServer extends Service {
  readonly connection: ServerConnection;
}

export interface StartOptions {
  readonly folder: RunFolder;
  readonly workers: number;
  /** Where a local server's data are moved at the end, when they contain databases of failed tests. */
  readonly keptFolder?: string;
  /** What a local server puts into the cache for later runs; undefined for nothing. */
  readonly caching?: TemplateCaching;
}
