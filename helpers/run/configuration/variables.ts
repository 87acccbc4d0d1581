import {
  appUrls,
  clickhouseUrl,
  count,
  oneOf,
  platformUrl,
  port,
  postgresUrl,
  registryUrl,
  settings,
  text,
} from './forms.ts';

/**
 * Every environment variable that this project reads; `.env.example` shows them with their meaning. A variable with one
 * of this project's prefixes that is not listed here is a typing error, and is refused.
 */
export const variables = {
  TARGET: oneOf('local', 'docker', 'remote').default('local'),
  TEST_POSTGRES_URL: postgresUrl.optional(),
  TEST_POSTGRES_HOST: text.optional(),
  TEST_POSTGRES_PORT: port.optional(),
  TEST_POSTGRES_USER: text.optional(),
  TEST_POSTGRES_PASSWORD: text.optional(),
  TEST_POSTGRES_DATABASE: text.optional(),
  TEST_POSTGRES_IMAGE: text.default('postgres:18'),
  TEST_POSTGRES_MAX_DATABASES: count.default(100),
  TEST_POSTGRES_SETTINGS: settings.optional(),
  TEST_POSTGRES_LOCALE: text.optional(),
  TEST_CLICKHOUSE_URL: clickhouseUrl.optional(),
  TEST_CLICKHOUSE_HOST: text.optional(),
  TEST_CLICKHOUSE_PORT: port.optional(),
  TEST_CLICKHOUSE_USER: text.optional(),
  TEST_CLICKHOUSE_PASSWORD: text.optional(),
  TEST_CLICKHOUSE_IMAGE: text.default('clickhouse/clickhouse-server:26.8'),
  TEST_TASK_IMAGE: text.default('node:24-slim'),
  TEST_PLATFORM_URL: platformUrl.optional(),
  TEST_PLATFORM_SECRET: text.optional(),
  TEST_PLATFORM_EMAIL: text.optional(),
  TEST_PLATFORM_PASSWORD: text.optional(),
  TEST_APP_URLS: appUrls.optional(),
  TEST_BROWSER_PATH: text.optional(),
  ORCHESTRATION_STORE: text.optional(),
  ORCHESTRATION_HISTORIES: count.optional(),
  ORCHESTRATION_REPLAY: text.regex(/^-?\d+(:[\d:]*)?$/, 'expected a seed and a path, such as 1:12:0').optional(),
  TEST_PROVIDER: text.optional(),
  TEST_PROVIDER_REGISTRY: registryUrl.optional(),
  TEST_PROVIDER_DEBUG: oneOf('true', 'false').default('false'),
  PROVING_GROUND_FOLDER: text.optional(),
  PROVING_GROUND_CACHE: text.optional(),
  PROVING_GROUND_KEEP: oneOf('on-failure', 'never').optional(),
  PROVING_GROUND_FAULT: text.optional(),
  PROVING_GROUND_RUN: text.optional(),
  PROVING_GROUND_SELF: oneOf('yes', 'no').optional(),
  PROVING_GROUND_OUTPUTS: text.optional(),
} as const;

/** The names that belong to this project. */
export const ours =
  /^(TEST_(POSTGRES_|CLICKHOUSE_|TASK_|PLATFORM_|APP_|BROWSER_|PROVIDER)|ORCHESTRATION_|PROVING_GROUND_)/;
