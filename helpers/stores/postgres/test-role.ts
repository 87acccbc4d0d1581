import { literal, quoted } from './connection.ts';
import type { Maintenance } from './maintenance.ts';
import { setClause } from './settings.ts';

interface RoleState {
  readonly settings: readonly string[];
  /** The stored password hash, where the administrator may read it. */
  readonly password: string | null;
}

/** The role that tests connect as. All databases share it, so a test's changes of it would affect later ones. */
export class TestRole {
  readonly #maintenance: Maintenance;
  readonly #original: RoleState;

  private constructor(maintenance: Maintenance, original: RoleState) {
    this.#maintenance = maintenance;
    this.#original = original;
  }

  /** Records the role's state. On the run's own server it starts without settings. */
  static async open(maintenance: Maintenance): Promise<TestRole> {
    const state = await read(maintenance);
    const role = new TestRole(maintenance, maintenance.server.owned ? { ...state, settings: [] } : state);
    await role.reset();
    return role;
  }

  /** Resets the role; returns whether it had been changed. */
  async reset(): Promise<boolean> {
    const { settings, password } = await read(this.#maintenance);
    const original = this.#original;
    const changes: string[] = [];
    if (settings.join('\n') !== original.settings.join('\n'))
      changes.push('RESET ALL', ...original.settings.map(setClause));
    if (password !== original.password)
      changes.push(`PASSWORD ${original.password === null ? 'NULL' : literal(original.password)}`);
    if (changes.length > 0)
      await this.#maintenance.query(
        changes.map((change) => `ALTER ROLE ${quoted(this.#maintenance.server.testRole.user)} ${change}`).join('; '),
      );
    return changes.length > 0;
  }
}

async function read(maintenance: Maintenance): Promise<RoleState> {
  const { server } = maintenance;
  const text = `
    SELECT coalesce((SELECT setconfig FROM pg_db_role_setting WHERE setrole = r.oid AND setdatabase = 0), '{}') AS settings,
           ${server.owned ? '(SELECT rolpassword FROM pg_authid a WHERE a.oid = r.oid)' : 'NULL'} AS password
    FROM pg_roles r WHERE rolname = ${literal(server.testRole.user)}`;
  // Planned once, since it is read after each test; what lies before another server may not know prepared statements.
  const { rows } = await maintenance.query<RoleState>(server.owned ? { name: 'role', text } : text);
  return rows[0]!;
}
