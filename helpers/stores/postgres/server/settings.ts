/** Connections that one database may have, so that a test that leaks them only affects itself. */
export const connectionsPerDatabase = 40;

const megabyte = 1024 * 1024;

export type Settings = Readonly<Record<string, string | number>>;

/**
 * Settings of a server with disposable data, valid for every PostgreSQL from 14 on.
 * @param own the user's own, which come first.
 * @param roomForLog bytes that its write-ahead log may take.
 */
export function disposableSettings(workers: number, own: Settings, roomForLog = 1024 * megabyte): Settings {
  return {
    fsync: 'off',
    full_page_writes: 'off',
    autovacuum: 'off', // competes with tests, and its writes look like theirs
    ...(keepsLogForOthers(own) ? {} : { wal_level: 'minimal', max_wal_senders: 0 }),
    max_wal_size: `${Math.floor(roomForLog / megabyte)}MB`,
    wal_keep_size: '64MB', // a reset in place reads a test's part of the log
    jit: 'off',
    shared_buffers: '128MB',
    max_connections: 50 + workers * (connectionsPerDatabase + 20),
    max_locks_per_transaction: 512, // a schema of some thousand tables may come in one transaction, of each worker
    ...own,
  };
}

/** Whether the server is to replicate, for which its senders and workers are as PostgreSQL has them. */
export function keepsLogForOthers(own: Settings): boolean {
  return own['wal_level'] !== undefined && own['wal_level'] !== 'minimal';
}

/** Settings as arguments of `postgres`. */
export function asArguments(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
