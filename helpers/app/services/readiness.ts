import { messageOf } from '../../lib/environment.ts';
import { listenerOn } from './ports.ts';

/** A service that starts. */
export interface Starting {
  /** A path that answers, what its output says, or undefined for an open port. */
  readonly ready: string | RegExp | undefined;
  readonly port: number;
  /** What this process has printed. */
  readonly output: string;
}

/** How a service is known to be ready. */
export interface Readiness {
  /** What is missing still; undefined when it is ready. */
  missing(service: Starting): Promise<string | undefined>;
}

/** Milliseconds for the answer at a path. */
const patience = 5_000;
/** As Playwright's `webServer` has it: what asks who is there is ready, too. */
const firstUnready = 404;

export const readiness: Readiness = {
  async missing({ ready, port, output }) {
    if (ready instanceof RegExp) return output.search(ready) < 0 ? `it has not printed ${ready}` : undefined;
    const host = await listenerOn(port);
    if (host === undefined) return `nothing listens on port ${port}, which is the one that it was given`;
    return ready === undefined ? undefined : unanswered(new URL(ready, addressOf(host, port)));
  },
};

/** @param host an IP address. */
export function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function unanswered(url: URL): Promise<string | undefined> {
  try {
    const { status, body } = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
      headers: { connection: 'close' },
    });
    await body?.cancel();
    return status < firstUnready ? undefined : `${url.href} answers ${status}`;
  } catch (error) {
    return `${url.href} does not answer (${messageOf((error as Error).cause ?? error)})`;
  }
}
