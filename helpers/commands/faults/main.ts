/**
 * `npm run faults [-- filter] [--no-control]`: runs the specs of the chosen areas once without a fault, and then those
 * that should notice each fault with it. Tests tagged `@long` are left out: they only repeat what others show once. A
 * fault is caught when a test fails by an assertion or an error of its own; an unavailable environment or a timeout
 * catches nothing. As many faults are tried at a time as there are cores, each with its own workers, because most of a
 * run is spent on starting things.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { startProcess } from '../../run/processes/index.ts';
import { faults } from '../../faults/index.ts';
import type { Area, Fault } from '../../faults/fault.ts';
import { type JsonReport, readVerdict, type Verdict } from './verdict.ts';

/** The specs that prove an area's promises. */
const specsOf: Readonly<Record<Area, string>> = {
  postgres: 'specs/databases/postgres',
  clickhouse: 'specs/databases/clickhouse',
  databases: 'specs/databases/both',
  experiments: 'specs/experiments',
  sessions: 'specs/sessions',
  cloud: 'specs/sessions',
  reporter: 'reporters/cost-performance',
  run: 'helpers',
  secrets: 'helpers/secrets',
};

/** For use when they have just passed. */
const withoutControl = '--no-control';

const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
const running = new Set<ChildProcess>();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    for (const child of running) child.kill('SIGINT');
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const filters = argv.filter((argument) => argument !== withoutControl);
  const chosen = [...faults].filter(
    ([name, { area }]) => filters.length === 0 || filters.some((filter) => filter === area || name.includes(filter)),
  );
  if (chosen.length === 0) {
    console.error(
      `No fault matches ${filters.join(' ')}: areas are ${Object.keys(specsOf).join(', ')}, faults are ${[...faults.keys()].join(', ')}.`,
    );
    return 1;
  }
  const known = chosen.map(([, fault]) => fault);
  if (filters.length === argv.length && !(await isGreenWithout(known))) return 1;
  let caught = 0;
  const next = chosen.values();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const [name, fault] of next) {
        // Faults that run at the same time take the next one from this shared list.
        if (interrupted) break;
        const start = performance.now();
        const verdict = await tryOut(name, fault);
        if (report(name, fault, verdict, performance.now() - start)) caught++;
      }
    }),
  );
  console.log(`\n${caught} of ${chosen.length} faults caught`);
  return caught === chosen.length ? 0 : 1;
}

/** Whether the specs pass without a fault; otherwise their failure with one proves nothing. */
async function isGreenWithout(chosen: readonly Fault[]): Promise<boolean> {
  for (const area of new Set(chosen.map((fault) => fault.area))) {
    const specs = new Set(chosen.filter((fault) => fault.area === area).map(specsThatNotice));
    const control = await runSpecs([...specs], undefined, availableParallelism());
    const complaint = complaintAboutControl(control);
    console.log(`control  ${area}  ${complaint ?? `${control.ran} tests passed without a fault`}`);
    if (complaint !== undefined) return false;
  }
  return true;
}

/** Runs specs until a test fails; if it only timed out, the others are run as well. */
async function tryOut(name: string, fault: Fault): Promise<Verdict> {
  const specs = [specsThatNotice(fault)];
  const verdict = await runSpecs(specs, name, fault.workers);
  return verdict.failures.length === 0 && verdict.timedOut.length > 0 && !interrupted
    ? runSpecs(specs, name, fault.workers, 3)
    : verdict;
}

function specsThatNotice({ area, spec = '' }: Fault): string {
  return path.posix.join(specsOf[area], spec);
}

function complaintAboutControl({ ran, failures, unavailable, timedOut }: Verdict): string | undefined {
  if (unavailable !== undefined) return unavailable;
  if (failures.length > 0) return `not green: ${failures[0]!.test}: ${failures[0]!.message}`;
  if (timedOut.length > 0) return `out of time: ${timedOut.join(', ')}`;
  return ran === 0 ? 'no test ran' : undefined;
}

function report(
  name: string,
  { promise }: Fault,
  { failures, unavailable, timedOut }: Verdict,
  milliseconds: number,
): boolean {
  const [first] = failures;
  console.log(
    `\n${first === undefined ? 'MISSED' : 'caught'}   ${name} (${(milliseconds / 1000).toFixed(0)} s)\n         promise  ${promise}`,
  );
  if (first === undefined) {
    console.log(
      `         ${unavailable ?? (timedOut.length === 0 ? 'every test passed' : `no test said what is wrong; out of time: ${timedOut.join(', ')}`)}`,
    );
    return false;
  }
  console.log(`         by       ${first.test}`);
  console.log(`         message  ${first.message.split('\n').join('\n                  ')}`);
  return true;
}

/** Runs Playwright in a separate process, and reads its report from a file. */
async function runSpecs(
  specs: readonly string[],
  fault: string | undefined,
  workers: number,
  mostFailures = 1,
): Promise<Verdict> {
  // In the checkout, because inner runs' specs find their packages from there.
  const folder = mkdtempSync(path.resolve('test-results-faults-'));
  const output = path.join(folder, 'report.json');
  try {
    const child = await startProcess('Playwright', () =>
      spawn(
        process.execPath,
        [
          playwright,
          'test',
          ...specs,
          `--workers=${workers}`,
          '--reporter=json',
          '--retries=0',
          `--max-failures=${mostFailures}`,
          '--grep-invert=@long',
          `--output=${path.join(folder, 'results')}`,
        ],
        {
          stdio: ['ignore', 'ignore', 'inherit'],
          env: {
            ...process.env,
            PLAYWRIGHT_JSON_OUTPUT_NAME: output,
            PROVING_GROUND_FAULT: fault ?? '',
            PROVING_GROUND_KEEP: 'never',
          },
        },
      ),
    );
    running.add(child);
    await new Promise((resolve) => child.once('close', resolve));
    running.delete(child);
    return readVerdict(JSON.parse(readFileSync(output, 'utf8')) as JsonReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
