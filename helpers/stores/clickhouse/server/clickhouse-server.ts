import type { RunFolder, Service } from '../../../run/index.ts';
import type { ClickHouseConnection } from '../connection.ts';
import type { RolePolicy } from '../role-policy.ts';
import type { Door } from './door.ts';

/** A running server and how to end it. */
export interface ClickHouseServer extends Service {
  readonly connection: ClickHouseConnection;
}

export interface StartOptions {
  readonly folder: RunFolder;
  /** How many workers will share the server. */
  readonly workers: number;
  readonly tenancy: RolePolicy;
  readonly door: Door;
}
