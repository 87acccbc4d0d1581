import { CloudError } from './errors.ts';

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** Where an item stands in a list: the same however the others change. Compared part by part. */
export type Place = readonly (string | number)[];

export interface Page<Item> {
  readonly items: Item[];
  readonly nextToken: string | undefined;
}

/** How a list is cut into pages. */
export interface Pages<Item> {
  readonly placeOf: (item: Item) => Place;
  /** By default 100. */
  readonly most?: number;
  readonly isDescending?: boolean;
}

export interface Paging {
  /**
   * The requested page of a list. A token contains the place of the previous page's last item, which need not be in the
   * list any more, so that pages neither skip nor repeat an item while others come and go.
   * @throws CloudError
   */
  page<Item>(list: Iterable<Item>, request: PageRequest, how: Pages<Item>): Page<Item>;
}

export const paging: Paging = { page: pageOf };

function pageOf<Item>(
  list: Iterable<Item>,
  { nextToken, maxResults }: PageRequest,
  { placeOf, most = 100, isDescending = false }: Pages<Item>,
): Page<Item> {
  const size = maxResults ?? most;
  if (!Number.isInteger(size) || size < 1 || size > 100)
    throw CloudError.invalid('maxResults must be between 1 and 100.');
  const sign = isDescending ? -1 : 1;
  const sorted = [...list].toSorted((a, b) => sign * compare(placeOf(a), placeOf(b)));
  const last = nextToken === undefined ? undefined : placeIn(nextToken);
  const rest = last === undefined ? sorted : sorted.filter((item) => sign * compare(placeOf(item), last) > 0);
  const items = rest.slice(0, size);
  return { items, nextToken: items.length < rest.length ? tokenOf(placeOf(items.at(-1)!)) : undefined };
}

function compare(a: Place, b: Place): number {
  for (const [at, one] of a.entries()) {
    const other = b[at]!;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function tokenOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeIn(token: string): Place {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown;
    if (Array.isArray(place)) return place as Place;
  } catch {
    // It is none of ours.
  }
  throw CloudError.invalid('Invalid token.');
}
