/**
 * `npm run faults [-- filter] [--no-control] [--by='file › title']`: runs the tests that name a fault's promise, once
 * without the fault and once with it. A fault is caught when a test fails by an assertion or an error of its own; an
 * environment that is unavailable, or a test that runs out of time, catches nothing. Faults share one run of Playwright
 * and its servers, but for those that need a run of their own. Where the test that a fault names does not catch it, all
 * tests of the same file are tried; `@long` tests never, since they repeat what others show once. `--by` says which
 * faults one test catches by itself.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import { describeVerdict } from './describe-verdict.ts';
import { running, runTrial, type Verdicts } from './run-trial.ts';
import { isLast, specsOf, type Trial, trialOfAllTests, trialsOf } from './trial.ts';
import { type Verdict, verdictWithoutTests } from './verdict.ts';

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    for (const child of running) child.kill('SIGINT');
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals: filters } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'no-control': { type: 'boolean' }, // for CI, which has just seen all tests pass
      by: { type: 'string' },
    },
  });
  const chosen = new Map(
    [...faults].filter(
      ([name, { area }]) => filters.length === 0 || filters.some((filter) => filter === area || name.includes(filter)),
    ),
  );
  if (chosen.size === 0) {
    console.error(
      `No fault matches ${filters.join(' ')}: areas are ${Object.keys(specsOf).join(', ')}, faults are ${[...faults.keys()].join(', ')}.`,
    );
    return 1;
  }
  const { by } = values;
  if (values['no-control'] !== true && !(await passesWithout(chosen, by))) return 1;
  const caught = await tryAll(chosen, by);
  if (interrupted) {
    console.log(`\ninterrupted: ${caught} of ${chosen.size} faults caught so far`);
    return 130;
  }
  console.log(`\n${caught} of ${chosen.size} faults caught`);
  return caught === chosen.size ? 0 : 1;
}

/** Whether the tests that are to notice the faults pass without them; else that they fail would say nothing. */
async function passesWithout(chosen: ReadonlyMap<string, Fault>, by: string | undefined): Promise<boolean> {
  const workers = availableParallelism();
  const trial = { faults: [...chosen.keys()], tests: 'named', by, on: false, workers } as const;
  const { verdicts, error } = await runTrial(trial);
  const complaints = Object.entries(verdicts).flatMap(([name, verdict]) => complaintAbout(name, verdict));
  for (const complaint of error === undefined ? complaints : [error, ...complaints])
    console.log(`control  ${complaint}`);
  if (complaints.length > 0 || error !== undefined) return false;
  console.log(`control  ${chosen.size} tests passed without a fault`);
  return true;
}

function complaintAbout(name: string, { ran, failures, unavailable, timedOut }: Verdict): string[] {
  if (unavailable !== undefined) return [unavailable];
  if (failures.length > 0) return [`not green: ${failures[0]!.test}: ${failures[0]!.message}`];
  if (timedOut.length > 0) return [`out of time: ${timedOut.join(', ')}`];
  return ran === 0 ? [`no test has the title that ${name} names: ${faults.get(name)!.caughtBy}`] : [];
}

/** Returns how many were caught. Runs of one fault are tried beside the large one, which waits much of its time. */
async function tryAll(chosen: ReadonlyMap<string, Fault>, by: string | undefined): Promise<number> {
  const missed = new Set(chosen.keys());
  const collect = ({ verdicts, error }: Verdicts, trial: Trial): void => {
    for (const name of trial.faults) {
      const verdict = verdicts[name];
      if (verdict !== undefined && verdict.failures.length > 0) missed.delete(name);
      if (verdict === undefined && isLast(trial, verdictWithoutTests))
        console.log(describeVerdict(name, verdictWithoutTests, error));
    }
  };
  const [first, ...others] = trialsOf(chosen, availableParallelism() + 1, by);
  await Promise.all([tryNext([first!].values()), tryNext(others.values())]);
  if (by === undefined) await tryNext([...missed].map((name) => trialOfAllTests(name, chosen.get(name)!)).values());
  return chosen.size - missed.size;

  async function tryNext(trials: Iterable<Trial>): Promise<void> {
    for (const trial of trials) if (!interrupted) collect(await runTrial(trial), trial);
  }
}
