import path from 'node:path';
import { config as loadDotenv } from 'dotenv';
import { z } from 'zod';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { didYouMean } from '../../lib/suggestion.ts';
import { ours, variables } from './variables.ts';

export type Target = 'local' | 'docker' | 'remote';

/** The checked configuration. Absent values are `undefined`, because defaults depend on the target. */
export interface Configuration {
  readonly target: Target;
  readonly postgres: {
    readonly url: string | undefined;
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly database: string | undefined;
    /** Docker image of PostgreSQL 14 or newer, with the official image's contract. */
    readonly image: string;
    /** Databases that one run may have at a time, divided among its workers. */
    readonly maxDatabases: number;
    /** Settings of the server, by name. */
    readonly settings: Readonly<Record<string, string>>;
    /** The locale of the databases, such as `icu:de-DE`; the server's own where it is undefined. */
    readonly locale: string | undefined;
  };
  readonly clickhouse: {
    readonly url: string | undefined;
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
    /** Docker image of ClickHouse 25.3 or newer, with the official image's contract. */
    readonly image: string;
  };
  readonly tasks: {
    /** Docker image for the containers of sessions, with Node.js 20.19 or newer. */
    readonly image: string;
  };
  /** A deployed platform; undefined when the tests start one on this machine. */
  readonly platform: {
    readonly url: string | undefined;
    /** The secret that it signs its tokens with. */
    readonly secret: string | undefined;
    /** The account that logs in. */
    readonly email: string | undefined;
    readonly password: string | undefined;
  };
  readonly app: {
    /** The addresses of your own services that are deployed, by name; '' is the first one's. */
    readonly urls: Readonly<Record<string, string>>;
  };
  readonly orchestration: {
    /** The path of a module that exports the durable store to test, instead of those of this project. */
    readonly store: string | undefined;
    /** How many random histories to play, instead of the test's own number. */
    readonly histories: number | undefined;
    /** Seed and path of the one history to play. */
    readonly replay: readonly [seed: number, path: string] | undefined;
  };
  readonly provider: {
    /** The path of a provider's binary or `[host/]namespace/type@version`, to test instead of those of this project. */
    readonly wanted: string | undefined;
    /** The URL of the registry for names without a host. */
    readonly registry: string | undefined;
    /** Whether the log has every event of a provider's life, and every call to it. */
    readonly debug: boolean;
  };
  /** The Chrome or Chromium for pages; default the one that is found. */
  readonly browser: string | undefined;
  /** Folder for data that live as long as a run; default `/dev/shm` if it has room, otherwise the temporary folder. */
  readonly folder: string | undefined;
  /** Folder for what is prepared once and used by many runs. */
  readonly cache: string | undefined;
  /** Whether a failed test's database is kept for inspection; off in CI, where it could not be inspected. */
  readonly keep: 'on-failure' | 'never';
  /** Name of the fault that is switched on, see `helpers/faults/`. */
  readonly fault: string | undefined;
  /** The run's folder; set by the run itself for its workers. */
  readonly run: string | undefined;
}

/** Reads `.env` into `process.env` without overriding anything, then calls {@link readConfiguration}. */
export function loadConfiguration(folder = process.cwd()): Configuration {
  loadDotenv({ path: path.join(folder, '.env'), quiet: true });
  // The pinned version supports our oldest Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return readConfiguration(process.env);
}

/**
 * Validates this project's variables.
 * @throws EnvironmentUnavailable naming the first unknown or malformed variable in one sentence.
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const known = Object.keys(variables);
  for (const name of Object.keys(environment)) {
    if (ours.test(name) && !known.includes(name))
      throw new EnvironmentUnavailable(
        `${name} is not a variable that Proving Ground knows: ${didYouMean(name, known) ?? 'see .env.example for those it does.'}`,
      );
  }
  const given = Object.fromEntries(
    known.map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  );
  const result = z.object(variables).safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0]);
    throw new EnvironmentUnavailable(`${name}=${shown(name, given[name])} is malformed: ${issue?.message}.`);
  }
  const value = result.data;
  const address = (
    [
      'TEST_POSTGRES_URL',
      'TEST_POSTGRES_HOST',
      'TEST_CLICKHOUSE_URL',
      'TEST_CLICKHOUSE_HOST',
      'TEST_PLATFORM_URL',
      'TEST_APP_URLS',
    ] as const
  ).find((name) => value[name] !== undefined);
  if (address !== undefined && given['TARGET'] === undefined)
    throw new EnvironmentUnavailable(
      `${address} is set, and without TARGET nothing uses it: set TARGET=remote to run against that server, or TARGET=local not to.`,
    );
  if (value.TEST_PLATFORM_URL !== undefined && value.TEST_PLATFORM_SECRET === undefined)
    throw new EnvironmentUnavailable(
      'TEST_PLATFORM_URL needs TEST_PLATFORM_SECRET: what that platform signs its tokens with.',
    );
  return {
    target: value.TARGET,
    postgres: {
      url: value.TEST_POSTGRES_URL,
      host: value.TEST_POSTGRES_HOST,
      port: value.TEST_POSTGRES_PORT,
      user: value.TEST_POSTGRES_USER,
      password: value.TEST_POSTGRES_PASSWORD,
      database: value.TEST_POSTGRES_DATABASE,
      image: value.TEST_POSTGRES_IMAGE,
      maxDatabases: value.TEST_POSTGRES_MAX_DATABASES,
      settings: value.TEST_POSTGRES_SETTINGS ?? {},
      locale: value.TEST_POSTGRES_LOCALE,
    },
    clickhouse: {
      url: value.TEST_CLICKHOUSE_URL,
      host: value.TEST_CLICKHOUSE_HOST,
      port: value.TEST_CLICKHOUSE_PORT,
      user: value.TEST_CLICKHOUSE_USER,
      password: value.TEST_CLICKHOUSE_PASSWORD,
      image: value.TEST_CLICKHOUSE_IMAGE,
    },
    tasks: { image: value.TEST_TASK_IMAGE },
    platform: {
      url: value.TEST_PLATFORM_URL,
      secret: value.TEST_PLATFORM_SECRET,
      email: value.TEST_PLATFORM_EMAIL,
      password: value.TEST_PLATFORM_PASSWORD,
    },
    app: { urls: value.TEST_APP_URLS ?? {} },
    orchestration: {
      store: value.ORCHESTRATION_STORE,
      histories: value.ORCHESTRATION_HISTORIES,
      replay: seedAndPath(value.ORCHESTRATION_REPLAY),
    },
    provider: {
      wanted: value.TEST_PROVIDER,
      registry: value.TEST_PROVIDER_REGISTRY,
      debug: value.TEST_PROVIDER_DEBUG === 'true',
    },
    browser: value.TEST_BROWSER_PATH,
    folder: value.PROVING_GROUND_FOLDER,
    cache: value.PROVING_GROUND_CACHE,
    keep: value.PROVING_GROUND_KEEP ?? (environment['CI'] ? 'never' : 'on-failure'),
    fault: value.PROVING_GROUND_FAULT,
    run: value.PROVING_GROUND_RUN,
  };
}

function seedAndPath(replay: string | undefined): readonly [number, string] | undefined {
  if (replay === undefined) return undefined;
  const [seed, ...shrunk] = replay.split(':');
  return [Number(seed), shrunk.join(':')];
}

function shown(name: string, value: string | undefined): string {
  return /PASSWORD|SECRET|URL|REGISTRY/.test(name) ? '…' : JSON.stringify(value);
}
