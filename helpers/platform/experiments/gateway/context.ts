import type { ClickHouseClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import type { GatewayParts } from './parts.ts';

/** What the gateway's routes work with. */
export interface GatewayContext extends Context<GatewayParts, PlatformConfiguration> {
  readonly pool: pg.Pool;
  /** Connections to the same database that wait only briefly for locks. */
  readonly impatient: pg.Pool;
  readonly metrics: ClickHouseClient;
  readonly tokens: TokenVerifier;
}
