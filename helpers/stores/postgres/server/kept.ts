import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerConnection } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';

/** The file in the folder with the server's address. */
export const addressFile = 'connection.json';

/** Drops all databases but those of failed tests; returns whether there are any. A server that has died keeps none. */
export async function dropAllButKept(connection: ServerConnection): Promise<boolean> {
  await using maintenance = new Maintenance(connection, 'proving_ground');
  const databases = await maintenance.owned().catch(() => []);
  if (!databases.some(({ kept }) => kept)) return false;
  for (const { name, kept } of databases) if (!kept) await maintenance.drop(name);
  return true;
}

/** Moves a stopped server's data to where `npm run kept` finds them. */
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
