import path from 'node:path';
import { messageOf } from '../../lib/environment.ts';
import type { DatabaseAddress } from '../../lib/database-address.ts';
import { didYouMean } from '../../lib/suggestion.ts';
import { UsageError } from '../../lib/usage.ts';
import type { ServiceAddress, ServiceContext, ServiceDeclaration } from '../options.ts';

/** What the environments of an app's services are made of. */
export interface Surroundings {
  /** Undefined for an app without such a database. */
  readonly postgres: DatabaseAddress | undefined;
  readonly clickhouse: DatabaseAddress | undefined;
  readonly services: Readonly<Record<string, ServiceAddress>>;
  readonly parallelIndex: number;
}

/**
 * The environment of a service's process: that of the tests without our own variables, PORT, and what it declares.
 * @throws UsageError when its function throws, or asks for an undeclared service or database.
 */
export async function environmentOf(
  name: string,
  { env = {} }: Pick<ServiceDeclaration, 'env'>,
  place: { readonly port: number; readonly cwd: string },
  surroundings: Surroundings,
): Promise<NodeJS.ProcessEnv> {
  const own = typeof env === 'function' ? await ask(name, env, contextOf(name, place.port, surroundings)) : env;
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('PROVING_GROUND_'));
  const told = Object.entries({ PATH: pathWithPrograms(place.cwd), PORT: place.port, ...own }).map(
    ([variable, value]) => [variable, value === undefined ? undefined : String(value)],
  );
  return Object.fromEntries([...inherited, ...told]) as NodeJS.ProcessEnv;
}

async function ask<Result>(
  name: string,
  env: (context: ServiceContext) => Result | Promise<Result>,
  context: ServiceContext,
): Promise<Result> {
  try {
    return await env(context);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The function 'env' of the service '${name}' threw: ${messageOf(error)}`);
  }
}

function contextOf(
  name: string,
  port: number,
  { postgres, clickhouse, services, parallelIndex }: Surroundings,
): ServiceContext {
  return {
    get postgres() {
      return declared(postgres, name, 'postgres', 'schema');
    },
    get clickhouse() {
      return declared(clickhouse, name, 'clickhouse', 'tables');
    },
    port,
    url: services[name]!.url,
    services: new Proxy(services, {
      get(all, key) {
        if (typeof key === 'symbol' || key in all) return all[key as string];
        throw unknownService(key, Object.keys(all), `The function 'env' of the service '${name}' asks for`);
      },
    }),
    parallelIndex,
  };
}

function declared<Address>(address: Address | undefined, service: string, wanted: string, option: string): Address {
  if (address !== undefined) return address;
  throw new UsageError(
    `The function 'env' of the service '${service}' asks for ${wanted}, ` +
      `and appOptions has no '${option}' that says what it is created with.`,
  );
}

/** The error for a name that no service has. */
export function unknownService(name: string, known: readonly string[], who: string): UsageError {
  const others = didYouMean(name, known) ?? `declared are ${known.join(', ')}.`;
  return new UsageError(`${who} the service '${name}', and there is none: ${others}`);
}

/** Programs of packages are found, as npm's scripts find them. */
function pathWithPrograms(cwd: string): string {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    folders.push(path.join(folder, 'node_modules', '.bin'));
    if (path.dirname(folder) === folder) break;
  }
  return [...folders, process.env['PATH'] ?? ''].join(path.delimiter);
}
