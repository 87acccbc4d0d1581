import { randomBytes } from 'node:crypto';
import { type Administrator, type Credentials, literal, quoted, type TestRole } from '../connection.ts';
import { builderOf, databaseOf, testUser, workerDatabase } from '../names.ts';
import type { RolePolicy } from '../role-policy.ts';

/** Random, and made of characters that need no quoting. */
export function newPassword(): string {
  return randomBytes(12).toString('hex');
}

export function newAdministrator(): Credentials {
  return { user: withSecret((secret) => `proving_ground_admin_${secret}`), password: newPassword() };
}

/** A random name whose Base64 in an `Authorization` header does not depend on the password that follows. */
function withSecret(name: (secret: string) => string): string {
  const secret = randomBytes(9).toString('hex');
  return [16, 17, 18].map((length) => name(secret.slice(0, length))).find(({ length }) => (length + 1) % 3 === 0)!;
}

/** A user, and the statements that grant its rights, without the user at their end. */
export interface GrantedUser extends Credentials {
  /** The databases that it has every right in, as a grant names them. */
  readonly databases: string;
  readonly grants: readonly string[];
}

/** All users of these test roles: themselves, and their builders. */
export function usersOf(
  testRoles: readonly TestRole[],
  { grants, builderGrants }: Pick<RolePolicy, 'grants' | 'builderGrants'>,
): GrantedUser[] {
  return testRoles.flatMap(({ user, password, database, builder }) => [
    { user, password, databases: database, grants: grants(database) },
    { ...builder, databases: `${database}*`, grants: builderGrants(database) },
  ]);
}

/** One test role for each worker that runs at the same time. */
export function newTestRoles(run: string, workers: number): TestRole[] {
  return Array.from({ length: workers }, (_, slot) => {
    const user = withSecret((secret) => testUser(workerDatabase(run, slot, secret)));
    const database = databaseOf(user);
    const builder = { user: builderOf(database), password: newPassword() };
    return { user, password: newPassword(), database, builder };
  });
}

/** Creates them by SQL, on servers that store users themselves. */
export async function createTestRoles(
  admin: Administrator,
  testRoles: readonly TestRole[],
  rolePolicy: RolePolicy,
): Promise<void> {
  for (const { user, password, databases, grants } of usersOf(testRoles, rolePolicy)) {
    await admin.run(`CREATE USER ${quoted(user)} IDENTIFIED WITH sha256_password BY ${literal(password)}`);
    for (const grant of grants) await admin.run(`${grant} TO ${quoted(user)}`);
    // They would stay on the server, and no reset would remove them.
    await admin.run(
      `REVOKE CREATE ROW POLICY, ALTER ROW POLICY, DROP ROW POLICY ON ${databases}.* FROM ${quoted(user)}`,
    );
  }
}
