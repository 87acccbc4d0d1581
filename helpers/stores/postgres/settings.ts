import { literal } from './connection.ts';

/** Parameters whose value is a list of names, stored already quoted (GUC_LIST_QUOTE, as in pg_dump). */
const lists = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** `SET name TO value` for a setting in the form of `pg_db_role_setting`: `name=value`. */
export function setClause(setting: string): string {
  const separator = setting.indexOf('=');
  const [name, value] = [setting.slice(0, separator), setting.slice(separator + 1)];
  return `SET ${name} TO ${lists.has(name.toLowerCase()) ? value : literal(value)}`;
}
