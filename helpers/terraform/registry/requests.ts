import { messageOf } from '../../lib/environment.ts';

/** Bounds of a request. */
export interface Limits {
  /** Milliseconds in which something has to arrive. */
  readonly silence: number;
  /** Milliseconds for the whole answer. */
  readonly total: number;
  /** The size of an answer. */
  readonly bytes: number;
}

export interface Answer {
  readonly status: number;
  /** Where it came from after redirects: what relative addresses in it start from. */
  readonly url: string;
  readonly body: Buffer;
}

/**
 * Sends a GET request, and reads the whole answer into memory. Follows redirects.
 * @throws Error that says why there is no whole answer.
 */
export async function get(url: URL, { silence, total, bytes }: Limits): Promise<Answer> {
  const ended = new AbortController();
  const end = (why: string) => (): void => ended.abort(new Error(why));
  const idle = setTimeout(end(`nothing came for ${silence / 1000} s`), silence);
  const late = setTimeout(end(`it took longer than ${total / 1000} s`), total);
  try {
    const response = await fetch(url, { signal: ended.signal });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      idle.refresh();
      chunks.push(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
      if (size > bytes) throw new Error(`it is larger than ${bytes} bytes`);
    }
    return { status: response.status, url: response.url, body: Buffer.concat(chunks) };
  } catch (error) {
    const { cause } = error as Error; // fetch says only that it failed
    throw new Error(messageOf(cause ?? error), { cause: error });
  } finally {
    clearTimeout(idle);
    clearTimeout(late);
  }
}
