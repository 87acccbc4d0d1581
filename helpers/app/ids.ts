import type { Json } from './calls.ts';

type Created = Readonly<Record<string, Json>>;
type Id = (created: Created) => string | number;

/** Characters from which on an id, such as a UUID, stands for nothing else wherever it is found. */
const unmistakable = 8;

/** How often a list, or any other body, tells of one that was created. */
export function timesListed(body: Json, created: Created, id: Id): number {
  const key = String(id(created));
  const items = itemsOf(body, id);
  const listed = items.filter((item) => item === key).length;
  if (listed > 0 || key.length < unmistakable) return listed;
  return (JSON.stringify(body) ?? '').split(key).length - 1;
}

/** Whether a body tells of one that was created. A short id, such as 1, counts only as the id of an item. */
export function tellsOf(body: Json, created: Created, id: Id): boolean {
  return timesListed(body, created, id) > 0 || mentions(body, created, id);
}

/** Whether an id is anywhere in what was answered or sent, and is long enough to stand for nothing else. */
export function mentions(body: unknown, created: Created, id: Id): boolean {
  const key = String(id(created));
  return key.length >= unmistakable && (JSON.stringify(body) ?? '').includes(key);
}

/**
 * The ids of a body: its own, or those of the items of its outermost list, whatever envelope that is in. What items
 * have within them, such as rooms with ids of their own, does not count.
 */
function itemsOf(body: Json, id: Id): string[] {
  if (Array.isArray(body)) return body.map((item: Json) => idOfItem(item, id)).filter((key) => key !== undefined);
  const own = idOfItem(body, id);
  if (own !== undefined || body === null || typeof body !== 'object') return own === undefined ? [] : [own];
  return Object.values(body as object).flatMap((part: Json) => (typeof part === 'object' ? itemsOf(part, id) : []));
}

/** Undefined for what has no id. */
function idOfItem(item: Json, id: Id): string | undefined {
  if (typeof item === 'string' || typeof item === 'number') return String(item);
  try {
    const key: string | number | null | undefined = id(item as Created);
    return key === undefined || key === null ? undefined : String(key);
  } catch {
    return undefined; // such as a sum below the items, in which the function finds no property to read
  }
}
