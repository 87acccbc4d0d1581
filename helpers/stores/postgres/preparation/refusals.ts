import type pg from 'pg';

/** Images with extensions that PostgreSQL itself does not have. */
const images: readonly (readonly [RegExp, image: string])[] = [
  [/^vector$/, 'pgvector/pgvector:pg18'],
  [/^(postgis|address_standardizer|pgrouting)/, 'postgis/postgis:18-3.6'],
  [/^timescaledb/, 'timescale/timescaledb:latest-pg18'],
];

/** What to do where the test's user may not, or the server cannot, run a statement of a schema. */
export function explainRefusal({ code, message }: pg.DatabaseError): string | undefined {
  const extension = /extension "([^"]+)" is not available|extension control file "[^"]*?([^/"]+)\.control"/.exec(
    message,
  );
  if (extension !== null) {
    const name = (extension[1] ?? extension[2])!;
    const image = images.find(([names]) => names.test(name))?.[1] ?? 'an image that has it';
    const docker = `TARGET=docker with TEST_POSTGRES_IMAGE=${image}`;
    return `this server does not have it, so use one that does: ${docker}, or TARGET=remote`;
  }
  if (code !== '42501') return undefined;
  const [, what, name = '…'] =
    /permission denied to (?:create|alter|drop|grant) (role|extension)(?: "([^"]+)")?/i.exec(message) ?? [];
  if (what === undefined) return undefined;
  return `write schema: { …, prepare: { ${what}s: ['${name}'] } }, which an administrator makes first`;
}
