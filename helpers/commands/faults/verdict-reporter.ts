import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult } from '@playwright/test/reporter';
import { describeVerdict } from './describe-verdict.ts';
import { isLast, readTrial } from './trial.ts';
import { judge, plain, type Verdict, verdictWithoutTests } from './verdict.ts';

/** The variable that names the file for the verdicts: an object by the name of the fault. */
export const verdictsVariable = 'FAULT_VERDICTS';

/** Prints what became of each fault; writes what the tests of each project said, and what was wrong outside of any. */
export default class VerdictReporter implements Reporter {
  readonly #verdicts = new Map<string, Verdict>();
  /** Tests that are still to end, by project. */
  readonly #open = new Map<string, number>();
  readonly #trial = readTrial();
  #root = '';
  #error: string | undefined;

  onBegin(config: FullConfig, suite: Suite): void {
    this.#root = path.resolve(config.configFile!, '../../../..');
    for (const project of suite.suites) {
      this.#verdicts.set(project.title, verdictWithoutTests);
      this.#open.set(project.title, project.allTests().length);
    }
  }

  onError(error: TestError): void {
    this.#error ??= plain(error.message ?? error.value ?? 'an error without a message');
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const [, project = '', , ...titles] = test.titlePath();
    const place = `${path.relative(this.#root, test.location.file)}:${test.location.line} › ${titles.join(' › ')}`;
    const message = plain(result.errors[0]?.message ?? result.errors[0]?.value ?? `the test ${result.status}`);
    const verdict = judge(this.#verdicts.get(project)!, place, result, message);
    this.#verdicts.set(project, verdict);
    const open = this.#open.get(project)! - 1;
    this.#open.set(project, open);
    if (open === 0) this.#print(project);
  }

  /** Nothing while all tests of the fault's file are still to be tried. */
  #print(project: string): void {
    this.#open.delete(project);
    const verdict = this.#verdicts.get(project)!;
    if (this.#trial.on && isLast(this.#trial, verdict)) console.log(describeVerdict(project, verdict, this.#error));
  }

  onEnd(): void {
    for (const project of this.#open.keys()) this.#print(project); // whose tests have not all run
    const verdicts = Object.fromEntries(this.#verdicts);
    writeFileSync(process.env[verdictsVariable]!, JSON.stringify({ verdicts, error: this.#error }));
  }
}
