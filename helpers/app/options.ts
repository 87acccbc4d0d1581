import type { Tables } from '../stores/clickhouse/index.ts';
import type { DatasetOfBoth } from '../stores/databases/index.ts';
import type { PostgresDatabase, Schema } from '../stores/postgres/index.ts';
import type { DatabaseAddress } from '../lib/database-address.ts';
import type { AppCalls, AppResponse } from './calls.ts';
import type { AppTenant } from './tenant.ts';

/**
 * Your platform as a declaration: its services, the databases that they use, and how its tenants are known.
 * `Request` is the type of the request context that a sign-in gets.
 */
export interface AppDeclaration<Request = unknown> {
  /** The services by name, started one after the other in this order; `app.as` and others call the first by default. */
  readonly services?: Readonly<Record<string, ServiceDeclaration>>;
  /** The schema of `workerPostgres`, as the option `schema` takes it. Without it the app has no PostgreSQL. */
  readonly schema?: Schema;
  /** The tables of `workerClickhouse`, as the option `tables` takes them. Without them the app has no ClickHouse. */
  readonly tables?: Tables;
  /** The rows that both begin each test with, as the option `dataset` takes them; default `empty`. */
  readonly dataset?: DatasetOfBoth;
  /** How a tenant's token is made. Without it requests have no token. */
  readonly tokens?: TokenDeclaration<Request>;
  /**
   * Makes a tenant known to the platform, such as by a row of its own, before its token is made. Called once for each,
   * when a test first needs its token.
   */
  readonly register?: (about: Registration<Request>) => Promise<unknown> | void;
  /**
   * Removes what a tenant has, by its own calls; called after the test for each tenant that it has used. For services
   * whose databases are not put back, since something else has started them.
   */
  readonly removeTenant?: (as: AppCalls, tenant: AppTenant) => Promise<AppResponse>;
  /** What makes a browser's page a tenant's; default are the headers of `tokens.header`. */
  readonly page?: (token: string, tenant: AppTenant) => PageLogin;
  /**
   * The addresses of services that something else has started: another fixture, where there are no `services`, or with
   * TARGET=remote a deployment, instead of commands.
   */
  readonly urls?: Readonly<Record<string, string>>;
}

/** A service: how it is started, and how it is known to be ready. */
export interface ServiceDeclaration {
  /** A line for the shell, or a program and its arguments. Programs in `node_modules/.bin` are found. */
  readonly command: string | readonly [program: string, ...args: string[]];
  /** A path that is answered by less than 404 when it is ready, or what its output says; default: its port is open. */
  readonly ready?: string | RegExp;
  /** Its environment, besides that of the tests and PORT, which is `port`. */
  readonly env?: ServiceEnvironment | ((about: ServiceContext) => ServiceEnvironment | Promise<ServiceEnvironment>);
  /** The folder that it runs in, from the file that says it; default the configuration's. */
  readonly cwd?: string | URL;
  /** Milliseconds until it has to be ready; default 30,000. */
  readonly timeout?: number;
}

/** Variables by name; those that are undefined are removed. */
export type ServiceEnvironment = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a service's environment is made of. */
export interface ServiceContext {
  /** The worker's PostgreSQL database. @throws UsageError when the declaration has no `schema`. */
  readonly postgres: DatabaseAddress;
  /** The worker's ClickHouse database. @throws UsageError when the declaration has no `tables`. */
  readonly clickhouse: DatabaseAddress;
  /** The port that this service has to listen on, on 127.0.0.1. */
  readonly port: number;
  /** The address by which others reach it, which is another port. */
  readonly url: string;
  /** The addresses of all services. @throws UsageError for a name that is not declared. */
  readonly services: Readonly<Record<string, ServiceAddress>>;
  /** From 0: another one for each of the workers that run at the same time. */
  readonly parallelIndex: number;
}

export interface ServiceAddress {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** What a tenant's token says; times of expiry and issue are added. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const;

export const keyAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

interface SentTokens {
  /** The headers that send a token; default `authorization: Bearer …`. */
  readonly header?: (token: string) => Readonly<Record<string, string>>;
}

interface SignedTokens extends SentTokens {
  /** What the token says of a tenant; default `{ sub: tenant.userId, tenant_id: tenant.id }`. */
  readonly claims?: (tenant: AppTenant) => TokenClaims;
  /** Milliseconds until a token expires; default an hour. */
  readonly lifetime?: number;
  /** The header `kid` of the tokens. */
  readonly keyId?: string;
}

export interface SecretTokens extends SignedTokens {
  readonly algorithm: (typeof secretAlgorithms)[number];
  readonly secret: string;
}

export interface KeyTokens extends SignedTokens {
  readonly algorithm: (typeof keyAlgorithms)[number];
  /** In PEM. */
  readonly privateKey: string;
}

/** What a token is signed by. */
export type SigningKey = Pick<SecretTokens, 'algorithm' | 'secret'> | Pick<KeyTokens, 'algorithm' | 'privateKey'>;

export interface SignInTokens<Request> extends SentTokens {
  /** Signs a tenant in, or up, and returns the token. Called once for each tenant. */
  readonly signIn: (about: SignIn<Request>) => Promise<string> | string;
  /**
   * The key that the platform signs its tokens by. With it tokens can be made that have expired, or are of another
   * issuer or audience; without it these are not tried, and the report says so.
   */
  readonly signedBy?: SigningKey;
}

export interface SignIn<Request> {
  readonly tenant: AppTenant;
  /** A request context on the first service, without a token. */
  readonly request: Request;
}

export interface Registration<Request> extends SignIn<Request> {
  /** The worker's database. @throws UsageError when the declaration has no `schema`. */
  readonly postgres: PostgresDatabase;
}

export type TokenDeclaration<Request = unknown> = SecretTokens | KeyTokens | SignInTokens<Request>;

/** What a browser's context begins with. */
export interface PageLogin {
  /** Cookies of the service, by name. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** Items of the service's localStorage. */
  readonly localStorage?: Readonly<Record<string, string>>;
  /** Headers of every request of the page. */
  readonly headers?: Readonly<Record<string, string>>;
}
