import { CloudError } from './errors.ts';

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

export interface Page {
  readonly arns: string[];
  readonly nextToken: string | undefined;
}

const most = 100;

/** The requested page of a list. A token contains the last item of the previous page. @throws CloudError */
export function pageOf(arns: readonly string[], { nextToken, maxResults = most }: PageRequest): Page {
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > most)
    throw CloudError.invalid(`maxResults must be between 1 and ${most}.`);
  const start = nextToken === undefined ? 0 : startAfter(arns, nextToken);
  const page = arns.slice(start, start + maxResults);
  return {
    arns: page,
    nextToken: start + maxResults < arns.length ? Buffer.from(page.at(-1)!).toString('base64url') : undefined,
  };
}

function startAfter(arns: readonly string[], token: string): number {
  const place = arns.indexOf(Buffer.from(token, 'base64url').toString());
  if (place === -1) throw CloudError.invalid('Invalid token.');
  return place + 1;
}
