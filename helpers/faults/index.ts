import * as app from './app.ts';
import * as clickhouse from './clickhouse.ts';
import * as cloud from './cloud.ts';
import * as databases from './databases.ts';
import * as deployments from './deployments.ts';
import type { Fault } from './fault.ts';
import * as experiments from './experiments.ts';
import * as orchestration from './orchestration.ts';
import * as postgres from './postgres.ts';
import * as registry from './registry.ts';
import * as reporter from './reporter.ts';
import * as run from './run-parts.ts';
import * as secrets from './secrets.ts';
import * as sessions from './sessions.ts';
import * as yourPlatform from './your-platform.ts';

const areas = [
  postgres,
  clickhouse,
  databases,
  orchestration,
  experiments,
  sessions,
  deployments,
  cloud,
  reporter,
  run,
  secrets,
  registry,
  yourPlatform,
  app,
];

/** Every fault by its name, which is its export's name. */
export const faults: ReadonlyMap<string, Fault> = new Map(
  areas.flatMap((area) => Object.entries(area as unknown as Record<string, Fault>)),
);
