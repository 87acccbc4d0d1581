import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../lib/usage.ts';
import { migrationsIn } from './layout.ts';
import { upPart } from './up-part.ts';

/** An SQL file of the user's. */
export interface SqlFile {
  readonly path: string;
  /** What is to be run; all else is blanked out, so that a place in the text is the same place in the file. */
  readonly text: string;
  /** One of several migrations, which tools run in a transaction each; other files run statement by statement. */
  readonly isMigration?: boolean;
}

/**
 * The SQL that `place` stands for, a file or a folder, in the order in which it is to run. Knows the folders and files
 * of dbmate, goose, sql-migrate, tern, node-pg-migrate, golang-migrate, sqlx, postgrator, diesel, Flyway, Prisma and
 * Drizzle, and runs what leads up alone. Undefined when there is no such place.
 * @throws UsageError in one sentence when the order, or what leads up, is ambiguous.
 */
export function readSql(place: string): SqlFile[] | undefined {
  if (!existsSync(place)) return undefined;
  const isMigration = statSync(place).isDirectory();
  const paths = isMigration ? migrationsIn(place) : [place];
  return paths.map((file) => ({ path: file, text: upPart(readFileSync(file, 'utf8'), file), isMigration }));
}

/** The contents, by which equal schemas are known. */
export function contentOf(files: readonly SqlFile[]): string {
  return files.map(({ path: file, text }) => `${path.basename(file)}\n${text}`).join('\n');
}

/** @throws UsageError, since a folder without migrations would be an empty database without a word. */
export function checkNotEmpty(files: readonly SqlFile[], what: string, folder: string): void {
  if (files.length === 0)
    throw new UsageError(`${what} is empty: the folder ${folder} has no .sql file, nor folders with a migration.sql.`);
}
