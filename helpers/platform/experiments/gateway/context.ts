import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { ClickHouseClient } from '@clickhouse/client';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import type { SignedClaims } from '../../kernel/tokens.ts';
import type { GatewayParts } from './parts.ts';

/** What the gateway's routes work with. */
export interface GatewayContext extends Context<GatewayParts, PlatformConfiguration> {
  readonly pool: pg.Pool;
  /** Connections to the same database that wait only briefly for locks. */
  readonly impatient: pg.Pool;
  readonly metrics: ClickHouseClient;
  readonly tokens: TokenVerifier;
}

export type Gateway = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The claims of the requesting user; set on every route that needs a token. */
    claims: SignedClaims;
  }
}
