import type { ClickHouseConnection } from '../connection.ts';
import type { RolePolicy } from '../role-policy.ts';
import type { Door } from './door.ts';
import { usersOf } from './test-roles.ts';

type Users = Pick<ClickHouseConnection, 'admin' | 'testRoles'>;

/** ClickHouse's configuration for a server with disposable data, on a machine that other programs use too. */
export function serverConfiguration(folder: string, { admin, testRoles }: Users, door: Door): string {
  return xml({
    users_config: `${folder}/users.xml`,
    query_log: {
      database: 'system',
      table: 'query_log',
      engine: 'ENGINE = Memory',
      flush_interval_milliseconds: 7_500,
    },
    max_server_memory_usage: 2_000_000_000,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 16, // as many merges may wait as on a server of the usual size
    max_concurrent_queries: 200,
    memory_worker_period_ms: 1_000, // every 50 ms it would be a third of what an idle server does
    display_secrets_in_show_and_select: 1, // to copy a dictionary, whose definition holds a password
    // Of the system tables a test role reads those about the language, and of the others its own entries.
    access_control_improvements: {
      select_from_system_db_requires_grant: 'true',
      select_from_information_schema_requires_grant: 'true',
      table_engines_require_grant: 'true',
    },
    http_handlers: { rule: door.rules([admin, ...testRoles.flatMap((role) => [role, role.builder])]) },
  });
}

/** Threads that read files or format rows cost more to start than small reads and answers take without them. */
const forSmallData = { local_filesystem_read_method: 'pread', output_format_parallel_formatting: 0 };

/** The administrator's statements are the most of all, and are neither logged nor profiled. */
const neitherLoggedNorProfiled = {
  log_queries: 0,
  log_processors_profiles: 0,
  query_profiler_real_time_period_ns: 0,
  query_profiler_cpu_time_period_ns: 0,
};

/**
 * The engine's users. The engine itself logs in as `default`, without a password: that user may open the HTTP interface
 * and read nothing, and since its single allowed session stays open, no other session of `default` can be opened.
 */
export function usersConfiguration(
  { admin, testRoles }: Users,
  rolePolicy: Pick<RolePolicy, 'grants' | 'builderGrants'>,
  door: Door,
): string {
  const user = (profile: string, password: object, rights: object): object => ({
    ...password,
    networks: { ip: ['::1', '127.0.0.1'] },
    profile,
    quota: 'default',
    ...rights,
  });
  const granted = (...query: readonly string[]): object => ({ grants: { query } });
  const constant = (settings: readonly string[]): object => ({
    constraints: Object.fromEntries(settings.map((setting) => [setting, { const: '' }])),
  });
  return xml({
    profiles: {
      default: {
        implicit_select: 0,
        format_display_secrets_in_show_and_select: 1,
        ...forSmallData,
        ...constant(door.fixed),
      },
      engine: { profile: 'default', max_sessions_for_user: 1 },
      admin: { profile: 'default', ...neitherLoggedNorProfiled },
      test_role: { profile: 'default', ...constant(door.fixedForTestRoles) },
    },
    quotas: { default: {} },
    users: {
      default: user(
        'engine',
        { password: '' },
        granted('GRANT SYSTEM LISTEN ON *.*', 'GRANT SELECT ON system.numbers'),
      ),
      [admin.user]: user('admin', door.password(admin.password), {
        access_management: 1,
        named_collection_control: 1,
        show_named_collections: 1,
        show_named_collections_secrets: 1,
      }),
      ...Object.fromEntries(
        usersOf(testRoles, rolePolicy).map(({ user: name, password, grants }) => [
          name,
          user('test_role', door.password(password), granted(...grants)),
        ]),
      ),
    },
  });
}

type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

function xml(document: object): string {
  return `<clickhouse>${elements(document as Value)}</clickhouse>\n`;
}

function elements(value: Value): string {
  if (typeof value !== 'object')
    return String(value).replace(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'));
  return Object.entries(value)
    .map(([name, content]) =>
      [content]
        .flat()
        .map((one) => `<${name}>${elements(one)}</${name}>`)
        .join(''),
    )
    .join('');
}
