import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PostgresDatabase } from '../../stores/postgres/index.ts';

/** What a session platform has used of its cloud beside tasks and mail. */
export interface CloudUsage {
  /** Requests by service, such as `sqs`. */
  readonly requests: readonly { readonly service: string; readonly count: number }[];
  /** What is on the file system of the workspaces, in bytes. */
  readonly stored: number;
}

/** Reads it at the end of a platform: from its store, and from the file system as it is then. */
export async function usageOf({
  folder,
  postgres,
}: {
  readonly folder: string;
  readonly postgres: PostgresDatabase;
}): Promise<CloudUsage> {
  const requests = await postgres.query<{ service: string; count: number }>(
    'SELECT service, count(*)::int AS count FROM requests GROUP BY service ORDER BY service',
  );
  return { requests, stored: bytesIn(path.join(folder, 'volumes')) };
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // What is removed meanwhile is no more.
  return files.reduce(
    (sum, file) => sum + (statSync(path.join(folder, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
