import { CloudError } from '../errors.ts';

/** Deeper than any request of the service's model. */
const deepest = 64;

/** Reads the bodies of requests. */
export interface Bodies {
  /** Bytes. A longer body is refused, and not read. */
  readonly longest: number;
  /**
   * What a body says. Members that are null are left out, since null counts as absent in AWS JSON services.
   * @throws CloudError when it is no JSON, or nested more deeply than any request.
   */
  parse(body: string): unknown;
}

export const bodies: Bodies = { longest: 1024 * 1024, parse: parseBody };

function parseBody(body: string): unknown {
  if (isDeeper(body, deepest))
    throw new CloudError('SerializationException', `The body is nested more than ${deepest} levels deep.`);
  try {
    const value = JSON.parse(body === '' ? '{}' : body) as unknown;
    return body.includes('null') ? withoutNulls(value) : value;
  } catch {
    throw new CloudError('SerializationException', 'The body is no JSON.');
  }
}

/** Judged before it is parsed, so that nothing that follows the structure of a value can exceed the stack. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > most) return true;
  }
  return false;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}
