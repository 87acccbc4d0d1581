import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';
import { expect, test } from '../../../fixtures/index.ts';
import { faults } from '../../faults/index.ts';
import { configuration, playwright } from './run-trial.ts';
import { type Trial, trialVariable } from './trial.ts';

test('every fault names a test that exists', async () => {
  const trial: Trial = { faults: [...faults.keys()], tests: 'named', on: false, workers: 1 };
  const args = [playwright, 'test', `--config=${configuration}`, '--list', '--reporter=json'];
  const env = { ...process.env, [trialVariable]: JSON.stringify(trial) };
  const listed = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
  const withTests = new Set((JSON.parse(listed.stdout) as JSONReport).suites.flatMap(projectsIn));
  const without = trial.faults.filter((name) => !withTests.has(name));
  expect(without.map((name) => `${name} names ${faults.get(name)!.caughtBy}`)).toEqual([]);
});

function projectsIn({ specs, suites = [] }: JSONReportSuite): string[] {
  return [...specs.flatMap(({ tests }) => tests.map(({ projectName }) => projectName)), ...suites.flatMap(projectsIn)];
}
