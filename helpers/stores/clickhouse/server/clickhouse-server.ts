import type { RunFolder, Service } from '../../../run/index.ts';
import type { ClickHouseConnection } from '../connection.ts';
import type { RolePolicy } from '../role-policy.ts';
import type { Door } from './door.ts';

export interface ClickHouseServer extends Service {
  readonly connection: ClickHouseConnection;
}

export interface StartOptions {
  readonly folder: RunFolder;
  readonly workers: number;
  readonly rolePolicy: RolePolicy;
  readonly door: Door;
}
