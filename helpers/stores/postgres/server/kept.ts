import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerConnection } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';

/** Where in the folder the server's address stands. */
export const addressFile = 'connection.json';

/** Leaves only the databases of failed tests, and tells whether there are any. A server that has died keeps nothing. */
export async function dropAllButKept(connection: ServerConnection): Promise<boolean> {
  await using maintenance = new Maintenance(connection, 'proving_ground');
  const databases = await maintenance.owned().catch(() => []);
  if (!databases.some(({ kept }) => kept)) return false;
  for (const { name, kept } of databases) if (!kept) await maintenance.drop(name);
  return true;
}

/** Puts a stopped server's data where `npm run kept` finds them. */
export async function preserve(
  folder: string,
  connection: ServerConnection,
  copyTo: (dataFolder: string) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  await copyTo(path.join(folder, 'data'));
  writeFileSync(path.join(folder, addressFile), JSON.stringify(connection), { mode: 0o600 });
}
