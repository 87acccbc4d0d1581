/** `npm run bench [-- name]`: measures the README's claims, as tables and as one JSON object for each bench. */
import { loadConfiguration } from '../../run/configuration/index.ts';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { Bench } from './bench.ts';
import { benchClickHouse } from './clickhouse/index.ts';
import { benchDeployments } from './deployments/index.ts';
import { benchExperiments } from './experiments/index.ts';
import { benchPostgres } from './postgres/index.ts';
import { benchOrchestration } from './orchestration/index.ts';
import { Report } from './report.ts';
import { benchReporter } from './reporter/index.ts';
import { benchSessions } from './sessions/index.ts';
import { benchSuite, suiteParts } from './suite/index.ts';

const benches: Readonly<Record<string, Bench>> = {
  postgres: benchPostgres,
  clickhouse: benchClickHouse,
  experiments: benchExperiments,
  sessions: benchSessions,
  orchestration: benchOrchestration,
  deployments: benchDeployments,
  reporter: benchReporter,
  suite: benchSuite,
};
/** Parts of these, for whoever names them. */
const all = { ...benches, ...suiteParts };

process.exitCode = await main(process.argv.slice(2));

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) {
    console.error(`There is no bench named ${unknown}: known are ${Object.keys(all).join(', ')}.`);
    return 1;
  }
  try {
    const configuration = loadConfiguration();
    for (const name of wanted.length === 0 ? Object.keys(benches) : wanted) {
      const report = new Report(name);
      try {
        await all[name]!(configuration, report);
      } finally {
        report.end(); // what was measured before a failure is not lost
      }
    }
    return 0;
  } catch (error) {
    if (!(error instanceof EnvironmentUnavailable)) throw error;
    console.error(error.message);
    return 1;
  }
}
