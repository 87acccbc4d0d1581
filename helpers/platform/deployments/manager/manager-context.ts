import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import type { ManagerConfiguration } from '../manager-configuration.ts';
import type { Debug } from './debug.ts';
import type { ManagerParts } from './parts.ts';

/** What the parts of the manager's work are done with. */
export interface ManagerContext extends Context<ManagerParts, ManagerConfiguration> {
  readonly pool: pg.Pool;
  readonly tokens: TokenVerifier;
  readonly debug: Debug;
}
