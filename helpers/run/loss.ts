import type { Readable } from 'node:stream';
import { EnvironmentLost, messageOf } from '../lib/environment.ts';

/** A container that is watched. */
export interface Watched {
  /** A stream with data when the container ends, which closes with the connection to its engine. */
  events(): Promise<Readable>;
  inspect(): Promise<{ readonly State: { readonly Running: boolean; readonly ExitCode: number } }>;
}

/** Notices that a container is gone which the run still uses. */
export interface ContainerWatch {
  /** Resolves when the container of `product` has ended or the engine has gone, and never once `signal` has aborted. */
  lossOf(product: string, container: Watched, signal: AbortSignal): Promise<EnvironmentLost>;
}

/** A proxy may cut a connection, so a container is lost only when the engine says so or does not answer. */
export const containerWatch: ContainerWatch = {
  async lossOf(product, container, signal) {
    const gone = (why: string) =>
      new EnvironmentLost(
        `The Docker container of ${product} has gone while the run used it (${why}): see whether the Docker engine still runs, and start the tests again.`,
      );
    try {
      while (!signal.aborted) {
        const events = await container.events();
        const news = new Promise((resolve) => {
          events
            .on('error', () => undefined)
            .once('close', resolve)
            .once('data', resolve);
          signal.addEventListener('abort', resolve, { once: true });
        });
        try {
          const { State } = await container.inspect();
          if (!State.Running) return gone(`exit code ${State.ExitCode}`);
          await news;
        } finally {
          events.destroy();
        }
      }
    } catch (error) {
      if (!signal.aborted) return engineLost(error) ?? gone('it was removed');
    }
    return new Promise(() => undefined);
  },
};

/** The error as one sentence when the engine itself has gone; undefined when the engine has answered. */
export function engineLost(error: unknown): EnvironmentLost | undefined {
  if ((error as { statusCode?: number }).statusCode !== undefined) return undefined;
  return new EnvironmentLost(
    `The Docker engine does not answer any more (${messageOf(error)}): see whether it still runs, and start the tests again.`,
  );
}

/** Throws one sentence when the engine has gone, otherwise the error itself. */
export function throwLost(error: unknown): never {
  throw engineLost(error) ?? error;
}
