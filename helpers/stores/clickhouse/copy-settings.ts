import type { Administrator } from './connection.ts';

const settingsOfServers = new WeakMap<Administrator, Promise<Record<string, string>>>();

/** Settings under which whatever exists can be created again: it may have been created under any settings. */
export function settingsForCopies(admin: Administrator): Promise<Record<string, string>> {
  const known = settingsOfServers.get(admin);
  if (known !== undefined) return known;
  const settings = admin
    .rows<{ name: string }>(
      `SELECT name FROM system.settings WHERE type = 'Bool' AND (startsWith(name, 'allow_suspicious_')
        OR match(name, '^(allow|enable)_.*_(types?|codecs|index|indices|statistics|key)$'))`,
    )
    .then((rows) => ({ ...Object.fromEntries(rows.map(({ name }) => [name, '1'])), flatten_nested: '0' }));
  settingsOfServers.set(admin, settings);
  return settings;
}
