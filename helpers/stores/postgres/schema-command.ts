import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type DatabaseAddress, databaseAddress } from '../../lib/database-address.ts';
import { UsageError } from '../../lib/usage.ts';

/** The last lines of a failing command that are shown. */
const linesShown = 12;

/**
 * Runs a program that creates a schema at this address.
 * @throws UsageError with the end of its output, when it cannot be started or fails.
 */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string | URL; readonly env: Readonly<Record<string, string>> },
  url: string,
): Promise<void> {
  const database = databaseAddress(url);
  const own = Object.entries(env).map(([name, value]) => [name, filled(value, database)]);
  const environment = { ...process.env, ...standardVariables(database), ...Object.fromEntries(own) };
  try {
    await promisify(execFile)(program, args, { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    const output = `${stdout}${stderr}`.trim().split('\n').slice(-linesShown).join('\n');
    throw new UsageError(
      `The schema's command ${[program, ...args].join(' ')} failed: ${output === '' ? message : output}`,
    );
  }
}

function filled(text: string, database: DatabaseAddress): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(database[name as keyof DatabaseAddress] ?? whole));
}

/** Those that PostgreSQL's own clients read (libpq, chapter "Environment Variables"), and DATABASE_URL. */
function standardVariables({ url, host, port, user, password, database }: DatabaseAddress): Record<string, string> {
  return {
    DATABASE_URL: url,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}
