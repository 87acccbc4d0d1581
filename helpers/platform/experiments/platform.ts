import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { PlatformConfiguration } from './configuration.ts';
import { defaultLimits, defaultTimes } from './configuration.ts';
import { hashPassword } from './passwords.ts';
import { agents, plans, type ProcessName } from './processes.ts';
import { Supervisor, type SupervisorOptions } from '../kernel/supervisor.ts';
import type { Claims } from '../kernel/tokens.ts';

/** A user who can log in. */
export interface Account extends Claims {
  readonly password: string;
}

export interface PlatformOptions extends Pick<SupervisorOptions, 'record' | 'mark' | 'code'> {
  /** Its databases; the processes start while these are being created. */
  readonly stores: Promise<Pick<PlatformConfiguration, 'postgres' | 'clickhouse'>>;
  /** Passed to the decorator in the bundles, see `../kernel/process.ts`. */
  readonly decoration: string | undefined;
  /** Deviations from the defaults. */
  readonly limits?: Partial<PlatformConfiguration['limits']>;
  readonly times?: Partial<PlatformConfiguration['times']>;
}

/** The definitions of its databases. */
export const stateSchema = fileURLToPath(new URL('store/schema.sql', import.meta.url));
export const seriesTables = fileURLToPath(new URL('metrics/tables.sql', import.meta.url));

/** A complete platform on this machine. */
export interface LocalPlatform extends AsyncDisposable {
  readonly url: string;
  readonly generatorUrl: string;
  readonly secret: string;
  readonly supervisor: Supervisor;
}

/** Starts a platform on databases with {@link stateSchema} and {@link seriesTables}. Costs about a second. */
export async function startPlatform({
  stores,
  decoration,
  limits,
  times,
  ...options
}: PlatformOptions): Promise<LocalPlatform> {
  const secret = randomBytes(32).toString('hex');
  const configuration = stores.then((found): PlatformConfiguration => ({
    ...found,
    secret,
    agents,
    limits: { ...defaultLimits, ...limits },
    times: { ...defaultTimes, ...times },
    decoration,
  }));
  const supervisor = new Supervisor(plans, { ...options, configuration: () => configuration });
  try {
    // Both at once, because the processes never become ready when their databases fail.
    await Promise.all([supervisor.start(), configuration]);
    const at = async (name: ProcessName): Promise<string> =>
      `http://127.0.0.1:${await supervisor.process(name).port()}`;
    return {
      url: await at('gateway'),
      generatorUrl: await at('config-generator'),
      secret,
      supervisor,
      [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
    };
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    throw error;
  }
}

/** Adds an account. */
export async function addAccount(
  db: Pick<pg.Pool, 'query'>,
  { email, tenant_id, user_id, roles, password }: Account,
): Promise<void> {
  await db.query('INSERT INTO accounts (email, tenant_id, user_id, roles, password_hash) VALUES ($1, $2, $3, $4, $5)', [
    email,
    tenant_id,
    user_id,
    roles,
    await hashPassword(password, defaultLimits.passwordCost),
  ]);
}
