import { statSync } from 'node:fs';
import path from 'node:path';
import { filesIn } from '../../lib/files.ts';
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
  return filesIn(folder).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
