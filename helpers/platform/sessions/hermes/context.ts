import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { SessionConfiguration } from '../configuration.ts';
import type { MailSender } from '../mail/index.ts';
import type { HermesParts } from './parts.ts';
import type { Workspaces } from './workspaces.ts';

/** What Hermes works with. */
export interface HermesContext extends Context<HermesParts, SessionConfiguration> {
  readonly pool: pg.Pool;
  readonly workspaces: Workspaces;
  readonly mail: MailSender;
}
