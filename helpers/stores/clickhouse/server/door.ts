import { createHash } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import type { Credentials } from '../connection.ts';

/** Keeps strangers out of the local engine, and its users inside it. */
export interface Door {
  /** Rules of `http_handlers` for the requests that are executed; every other request gets a 404. */
  rules(users: readonly Credentials[]): readonly object[];
  /** How the configuration files store a password. */
  password(password: string): Readonly<Record<string, string>>;
  /** Settings that no user can change, the administrator included. */
  readonly fixed: readonly string[];
  /** Settings that no test role may change, because they name places outside its database. */
  readonly fixedForTestRoles: readonly string[];
  /** The environment variables of the engine's process. */
  environment(): NodeJS.ProcessEnv;
  /** What the kernel lets the engine do. */
  readonly confinement: Confinement;
  /** Removes, once the engine runs, the files that only its start needs. */
  shut(files: EngineFiles): void;
}

/** Enforced by `containment.cjs`. */
export interface Confinement {
  /** System calls that fail. */
  readonly refused: readonly string[];
  /** Files and folders that may be read, besides the engine's own folder. */
  readonly readable: readonly string[];
}

export interface EngineFiles {
  readonly configuration: readonly string[];
  /** The engine's current directory. */
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

  fixedForTestRoles: ['merge_tree_disk', 'merge_tree_storage_policy', 'input_format_record_errors_file_path'],

  environment: () => ({ TZ: 'UTC' }),

  confinement: {
    refused: ['connect', 'execve', 'execveat'],
    // Files that the C library and the engine read: libraries, the machine's size, host names.
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

  // The configuration holds the users' names. Without a current directory every function and engine for files fails,
  // which matters because `file()` needs no grant.
  shut: ({ configuration, workingFolder }) => {
    for (const file of configuration) rmSync(file);
    rmdirSync(workingFolder);
  },
};

/**
 * Headers that name one of these users, whose names are random. Every request must carry one, because the engine treats
 * a request without a user as `default`, who has no password. The names' length makes their Base64 end exactly where
 * the password begins.
 */
function admitted(users: readonly Credentials[]): object[] {
  const prefixes = users.map(({ user }) => Buffer.from(`${user}:`).toString('base64').replaceAll('+', '[+]'));
  return [
    { Authorization: `regex:(?i:Basic) (${prefixes.join('|')}).*` },
    { 'X-ClickHouse-User': `regex:${users.map(({ user }) => user).join('|')}` },
  ];
}
