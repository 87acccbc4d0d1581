import { randomBytes } from 'node:crypto';
import { type Administrator, type Credentials, literal, quoted, type Tenant } from '../connection.ts';
import { tenantUser, workerDatabase } from '../names.ts';
import type { Tenancy } from '../tenancy.ts';

/** A password that nobody guesses and no quoting touches. */
export function newPassword(): string {
  return randomBytes(12).toString('hex');
}

export function newAdministrator(): Credentials {
  return { user: 'proving_ground_admin', password: newPassword() };
}

/** A tenant for each worker that will be at work at the same time. */
export function newTenants(run: string, workers: number): Tenant[] {
  return Array.from({ length: workers }, (_, slot) => {
    const database = workerDatabase(run, slot);
    return { user: tenantUser(database), password: newPassword(), database };
  });
}

/** Makes them by SQL, where the server keeps users itself. */
export async function createTenants(admin: Administrator, tenants: readonly Tenant[], { grants }: Tenancy): Promise<void> {
  for (const { user, password, database } of tenants) {
    await admin.run(`CREATE USER ${quoted(user)} IDENTIFIED WITH sha256_password BY ${literal(password)}`);
    for (const grant of grants(database)) await admin.run(`${grant} TO ${quoted(user)}`);
  }
}
