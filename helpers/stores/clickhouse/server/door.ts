import { createHash } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import type { Credentials } from '../connection.ts';

/** What keeps strangers out of the local engine, and its users inside it. */
export interface Door {
  /** The requests that are answered, as rules of `http_handlers`; whatever else is asked is 404 and never executed. */
  rules(users: readonly Credentials[]): readonly object[];
  /** How a password stands in the engine's files. */
  password(password: string): Readonly<Record<string, string>>;
  /** Settings that are fixed for every user, the administrator too. */
  readonly fixed: readonly string[];
  /** Settings that no tenant may change: they name places outside its database. */
  readonly fixedForTenants: readonly string[];
  /** The engine's environment. */
  environment(): NodeJS.ProcessEnv;
  /** What the kernel holds the engine to. */
  readonly confinement: Confinement;
  /** Takes away, once the engine runs, what it needed for its start alone. */
  shut(files: EngineFiles): void;
}

/** See `containment.cjs`, which carries it out. */
export interface Confinement {
  /** System calls that are refused. */
  readonly refused: readonly string[];
  /** Files and folders that may be read, beside the engine's own folder. */
  readonly readable: readonly string[];
}

export interface EngineFiles {
  readonly configuration: readonly string[];
  /** The folder that the engine runs in. */
  readonly workingFolder: string;
}

export const door: Door = {
  rules: (users) => [
    ...admitted(users).map((headers) => ({ url: '/ping', methods: 'GET,HEAD', headers, handler: { type: 'ping' } })),
    ...admitted(users).map((headers) => ({
      methods: 'GET,HEAD,POST',
      headers,
      handler: { type: 'dynamic_query_handler', query_param_name: 'query' },
    })),
  ],

  password: (password) => ({ password_sha256_hex: createHash('sha256').update(password).digest('hex') }),

  fixed: ['add_http_cors_header'],

  fixedForTenants: ['merge_tree_disk', 'merge_tree_storage_policy', 'input_format_record_errors_file_path'],

  environment: () => ({ TZ: 'UTC' }),

  confinement: {
    refused: ['connect', 'execve', 'execveat'],
    // What the C library and the engine read of the machine: libraries, its size, the names of its hosts.
    readable: [
      '/lib',
      '/lib64',
      '/usr/lib',
      '/usr/lib64',
      '/etc/ld.so.cache',
      '/etc/hosts',
      '/etc/nsswitch.conf',
      '/proc/meminfo',
      '/proc/cpuinfo',
      '/proc/self/statm',
      '/sys/fs/cgroup',
      '/sys/devices/system/cpu',
      '/dev/null',
      '/dev/urandom',
    ],
  },

  // The configuration holds the users' names. Without a working folder every function and engine for files fails, of
  // which `file` asks for no right.
  shut: ({ configuration, workingFolder }) => {
    for (const file of configuration) rmSync(file);
    rmdirSync(workingFolder);
  },
};

/**
 * Headers that name one of these users, whose names are random. Every request must: one that names no user would be
 * answered as `default`, who has no password. A name's length makes its Base64 end where the password begins.
 */
function admitted(users: readonly Credentials[]): object[] {
  const prefixes = users.map(({ user }) => Buffer.from(`${user}:`).toString('base64').replaceAll('+', '[+]'));
  return [
    { Authorization: `regex:(?i:Basic) (${prefixes.join('|')}).*` },
    { 'X-ClickHouse-User': `regex:${users.map(({ user }) => user).join('|')}` },
  ];
}
