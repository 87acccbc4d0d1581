import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { literal } from './connection.ts';
import type { Maintenance } from './maintenance.ts';
import { type Owner, runOwner, workersOf } from './names.ts';

export interface OwnerCheck {
  isGone(maintenance: Maintenance, owner: Owner): Promise<boolean>;
}

/** An owner without a session on the server is gone; a run also counts its workers' sessions. */
export const ownership: OwnerCheck = {
  async isGone(maintenance, owner) {
    const { rowCount } = await maintenance.query(
      `SELECT FROM pg_stat_activity WHERE application_name = ${literal(owner)} OR starts_with(application_name, ${literal(workersOf(owner))}) LIMIT 1`,
    );
    return rowCount === 0;
  },
};

export interface SweepOptions {
  /** Whether runs are swept too, with their templates and kept databases, or only workers. */
  readonly runs: boolean;
}

/**
 * Drops the databases of owners that are gone, and no others: names without an owner of this project are never touched.
 * Returns the dropped names.
 * @throws EnvironmentUnavailable when some could not be dropped; the others are.
 */
export async function sweepDatabases(
  maintenance: Maintenance,
  { isGone }: OwnerCheck,
  { runs }: SweepOptions,
): Promise<string[]> {
  const left: string[] = [];
  const verdicts = new Map<Owner, Promise<boolean>>();
  for (const { name, owner } of await maintenance.owned()) {
    const isRun = !/_w\d+$/.test(owner);
    if (owner === maintenance.owner || (isRun && !runs)) continue;
    const verdict = verdicts.get(owner) ?? isGone(maintenance, owner);
    verdicts.set(owner, verdict);
    if (await verdict) left.push(name);
  }
  await dropAll(maintenance, left);
  return left;
}

/** Drops a run's databases but kept ones. @throws EnvironmentUnavailable when some could not be dropped. */
export async function dropRun(maintenance: Maintenance, run: string): Promise<void> {
  const made = (await maintenance.owned()).filter(
    ({ owner, kept }) => !kept && (owner === runOwner(run) || owner.startsWith(workersOf(runOwner(run)))),
  );
  await dropAll(
    maintenance,
    made.map(({ name }) => name),
  );
}

/** A database that cannot be dropped does not keep the others from being dropped. */
async function dropAll(maintenance: Maintenance, names: readonly string[]): Promise<void> {
  const stay: string[] = [];
  let reason = '';
  for (const name of names) {
    try {
      await maintenance.drop(name);
    } catch (error) {
      if (error instanceof EnvironmentUnavailable) throw error; // the server has failed, not this drop
      stay.push(name);
      reason ||= messageOf(error);
    }
  }
  const { host, port } = maintenance.server;
  if (stay.length > 0)
    throw new EnvironmentUnavailable(
      `PostgreSQL at ${host}:${port} does not drop ${stay.join(', ')} (${reason}): end what holds them there, and drop them.`,
    );
}
