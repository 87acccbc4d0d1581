import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../lib/usage.ts';
import { inOrder } from './order.ts';
import { goesByName } from './up-part.ts';

/** Files of a folder that is one migration: Prisma's and Drizzle's, and diesel's. */
const inFolders = ['migration.sql', 'up.sql'] as const;
/** Migrations that are programs, as goose, Flyway, node-pg-migrate and knex have them beside SQL. */
const program = /^V?\d.*(?<!_test|\.test|\.spec|\.d)\.(?:go|java|kt|py|rb|php|exs|[cm]?[jt]s)$/;

/**
 * The files of a folder of migrations, in the order of its tool; tools whose migrations are folders go by their names,
 * and not by the numbers in these.
 * @throws UsageError when the folder does not say which files those are.
 */
export function migrationsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  const isFolder = (name: string): boolean => statSync(path.join(folder, name)).isDirectory();
  const files = names.filter((name) => name.endsWith('.sql') && !isFolder(name));
  const folders = names.filter((name) => isFolder(name) && hasSql(path.join(folder, name)));
  if (files.length > 0 && folders.length > 0)
    throw new UsageError(
      `${folder} has SQL both in files (${files[0]}) and in folders (${folders[0]}): name the one that the schema is made of.`,
    );
  const code = names.find((name) => program.test(name));
  if (files.length > 0 && code !== undefined)
    throw new UsageError(
      `${folder} has migrations in SQL and one that is a program (${code}): ` +
        'run their tool itself, by schema: { command: […] }.',
    );
  const journal = path.join(folder, 'meta', '_journal.json');
  if (existsSync(journal)) return journalled(folder, journal, files);
  if (folders.length === 0) return filesIn(folder, files).map((name) => path.join(folder, name));
  return folders.toSorted().map((name) => fileOf(path.join(folder, name)));
}

/** By their names where the tool that marks each of them does so, by their numbers otherwise. */
function filesIn(folder: string, files: readonly string[]): string[] {
  const [any] = files;
  const isByName = any !== undefined && goesByName(readFileSync(path.join(folder, any), 'utf8'));
  return isByName ? files.toSorted() : inOrder(files);
}

function hasSql(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? hasSql(path.join(folder, entry.name)) : entry.name.endsWith('.sql'),
  );
}

/** The one file of a migration that is a folder. */
function fileOf(folder: string): string {
  const found = inFolders.map((name) => path.join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new UsageError(
    `${folder} has SQL, but neither a migration.sql (Prisma, Drizzle) nor an up.sql (diesel): name the folder that the schema is made of.`,
  );
}

interface Journal {
  readonly entries?: readonly { readonly idx: number; readonly tag: string }[];
}

/** By the journal of drizzle-kit, which has the order, and which runs nothing that it does not list. */
function journalled(folder: string, journal: string, files: readonly string[]): string[] {
  const { entries = [] } = JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  const listed = entries.toSorted((one, other) => one.idx - other.idx).map(({ tag }) => `${tag}.sql`);
  const missing = listed.find((name) => !files.includes(name));
  if (missing !== undefined) throw new UsageError(`${journal} lists ${missing}, which ${folder} does not have.`);
  const unlisted = files.find((name) => !listed.includes(name));
  if (unlisted !== undefined)
    throw new UsageError(`${journal} does not list ${unlisted}: drizzle-kit would not run it.`);
  return listed.map((name) => path.join(folder, name));
}
