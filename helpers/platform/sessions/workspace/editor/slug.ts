import { createHash } from 'node:crypto';

const longest = 60;

/** A title in the form for addresses and file names: `a-z`, `0-9` and single hyphens, never empty. */
export function slugOf(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-|-$/g, '');
  return slug === '' ? `page-${createHash('sha256').update(title).digest('hex').slice(0, 8)}` : slug;
}

/** The first free slug: `home`, `home-2`, `home-3` … */
export function freeSlug(title: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(title);
  let free = slug;
  for (let number = 2; taken.has(free); number++) free = `${slug}-${number}`;
  return free;
}
