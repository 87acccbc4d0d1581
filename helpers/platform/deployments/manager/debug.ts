import type { Provider } from '../../../terraform/index.ts';
import { messageOf } from '../../../lib/environment.ts';

/** Writes what happens to a deployment's provider on the log, if that is wanted. */
export type Debug = (deployment: string, event: string) => void;

/** The debug switch. */
export interface Debugging {
  to(isWanted: boolean): Debug;
  /** The same provider, whose calls are told to `say`: their names and times, never what they carry. */
  trace(provider: Provider, say: (event: string) => void): Provider;
}

export const debugging: Debugging = { to: debugTo, trace: traced };

function debugTo(isWanted: boolean): Debug {
  if (!isWanted) return () => undefined;
  return (deployment, event) => void process.stderr.write(`debug: deployment ${deployment}: ${event}\n`);
}

const remoteCalls = ['schema', 'configure', 'plan', 'apply', 'read', 'upgrade', 'import', 'stop', 'close'] as const;

function traced(provider: Provider, say: (event: string) => void): Provider {
  const calls = remoteCalls.map((name) => {
    const call = provider[name].bind(provider) as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => timed(name, say, () => call(...args))] as const;
  });
  const { pid, protocol, socket, exited } = provider;
  return { pid, protocol, socket, exited, ...Object.fromEntries(calls) } as unknown as Provider;
}

async function timed<T>(name: string, say: (event: string) => void, call: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const after = (): string => `after ${Math.round(performance.now() - start)} ms`;
  say(`${name} was sent`);
  try {
    const answer = await call();
    say(`${name} was answered ${after()}`);
    return answer;
  } catch (error) {
    say(`${name} has failed ${after()}: ${messageOf(error)}`);
    throw error;
  }
}
