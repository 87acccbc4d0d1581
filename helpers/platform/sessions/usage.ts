import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PostgresDatabase } from '../../stores/postgres/index.ts';

/** A session platform's use of its cloud, apart from tasks and mail. */
export interface CloudUsage {
  /** Requests by service, such as `sqs`. */
  readonly requests: readonly { readonly service: string; readonly count: number }[];
  /** Bytes on the workspaces' file system. */
  readonly stored: number;
}

/** Read at the end of a platform, from its store and its file system. */
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
  // Files may be removed meanwhile.
  return files.reduce(
    (sum, file) => sum + (statSync(path.join(folder, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
