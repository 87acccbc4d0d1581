/**
 * `npm run bench [-- name]`: measures what the README claims, beside what a user would do instead. Tables for people,
 * and as the last line of each bench one JSON object for machines.
 */
import { loadConfiguration } from '../configuration/index.ts';
import { EnvironmentUnavailable } from '../environment.ts';
import { benchPostgres } from './postgres/index.ts';
import { Report } from './report.ts';
import type { Bench } from './bench.ts';

const benches: Readonly<Record<string, Bench>> = { postgres: benchPostgres };

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(benches, name));
try {
  if (unknown !== undefined) throw new EnvironmentUnavailable(`There is no bench named ${unknown}: known are ${Object.keys(benches).join(', ')}.`);
  const configuration = loadConfiguration();
  for (const name of names.length === 0 ? Object.keys(benches) : names) {
    const report = new Report(name);
    await benches[name]!(configuration, report);
    report.end();
  }
} catch (error) {
  if (!(error instanceof EnvironmentUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
