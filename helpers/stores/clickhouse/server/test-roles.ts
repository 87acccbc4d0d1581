import { randomBytes } from 'node:crypto';
import { type Administrator, type Credentials, literal, quoted, type TestRole } from '../connection.ts';
import { databaseOf, testUser, workerDatabase } from '../names.ts';
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

/** One test role for each worker that runs at the same time. */
export function newTestRoles(run: string, workers: number): TestRole[] {
  return Array.from({ length: workers }, (_, slot) => {
    const user = withSecret((secret) => testUser(workerDatabase(run, slot, secret)));
    return { user, password: newPassword(), database: databaseOf(user) };
  });
}

/** Creates them by SQL, on servers that store users themselves. */
export async function createTestRoles(
  admin: Administrator,
  testRoles: readonly TestRole[],
  { grants }: RolePolicy,
): Promise<void> {
  for (const { user, password, database } of testRoles) {
    await admin.run(`CREATE USER ${quoted(user)} IDENTIFIED WITH sha256_password BY ${literal(password)}`);
    for (const grant of grants(database)) await admin.run(`${grant} TO ${quoted(user)}`);
  }
}
