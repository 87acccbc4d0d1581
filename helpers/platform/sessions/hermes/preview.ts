import type { Queryable } from '../../kernel/store/database.ts';
import type { StoredSession } from '../store/session-store.ts';

/** The URL of a session's preview, including the key that grants access. */
export async function previewUrl(
  db: Queryable,
  { id, key }: Pick<StoredSession, 'id' | 'key'>,
  path = '/',
): Promise<string> {
  const { rows } = await db.query<{ url: string }>(`SELECT url FROM addresses WHERE name = 'router'`);
  const [router] = rows;
  if (router === undefined) throw new Error('The router has not reported its address');
  return `${router.url}/session/${id}${path}?key=${key}`;
}
