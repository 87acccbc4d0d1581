import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../run/processes/index.ts';
import { type Trial, trialVariable } from './trial.ts';
import type { Verdict } from './verdict.ts';
import { verdictsVariable } from './verdict-reporter.ts';

/** Playwright's command, and its configuration of a trial. */
export const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
export const configuration = fileURLToPath(new URL('faults.config.ts', import.meta.url));

/** Playwright's processes that are running, to be interrupted with us. */
export const running = new Set<ChildProcess>();

/** What a run of Playwright found: a verdict for each fault, by name, and what was wrong outside of any test. */
export interface Verdicts {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly error?: string;
}

/** One run of Playwright in a process of its own, which prints each verdict when it knows it. */
export async function runTrial(trial: Trial): Promise<Verdicts> {
  // In the checkout, from where the specs of inner runs find their packages.
  const folder = mkdtempSync(path.resolve('test-results-faults-'));
  const verdicts = path.join(folder, 'verdicts.json');
  const args = ['test', `--config=${configuration}`, `--output=${path.join(folder, 'results')}`];
  if (trial.tests === 'all') args.push('--max-failures=1');
  const env = {
    ...process.env,
    [trialVariable]: JSON.stringify(trial),
    [verdictsVariable]: verdicts,
    PROVING_GROUND_FAULT: trial.on && trial.faults.length === 1 ? trial.faults[0] : '',
    PROVING_GROUND_KEEP: 'never',
  };
  try {
    const child = await startProcess('Playwright', () =>
      spawn(process.execPath, [playwright, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env }),
    );
    running.add(child);
    await new Promise((resolve) => child.once('close', resolve));
    running.delete(child);
    if (!existsSync(verdicts)) return { verdicts: {}, error: 'Playwright ended without a verdict' };
    return JSON.parse(readFileSync(verdicts, 'utf8')) as Verdicts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
