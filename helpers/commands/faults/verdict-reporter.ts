import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult } from '@playwright/test/reporter';
import { judge, plain, type Verdict, verdictWithoutTests } from './verdict.ts';

/** The variable that names the file for the verdicts: an object by the name of the fault. */
export const verdictsVariable = 'FAULT_VERDICTS';

/** Writes what the tests of each project said, and what was wrong outside of any test. */
export default class VerdictReporter implements Reporter {
  readonly #verdicts = new Map<string, Verdict>();
  #root = '';
  #error: string | undefined;

  onBegin(config: FullConfig, suite: Suite): void {
    this.#root = path.resolve(config.configFile!, '../../../..');
    for (const { title } of suite.suites) this.#verdicts.set(title, verdictWithoutTests);
  }

  onError(error: TestError): void {
    this.#error ??= plain(error.message ?? error.value ?? 'an error without a message');
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const [, project = '', , ...titles] = test.titlePath();
    const place = `${path.relative(this.#root, test.location.file)}:${test.location.line} › ${titles.join(' › ')}`;
    const message = plain(result.errors[0]?.message ?? result.errors[0]?.value ?? `the test ${result.status}`);
    this.#verdicts.set(project, judge(this.#verdicts.get(project) ?? verdictWithoutTests, place, result, message));
  }

  onEnd(): void {
    const verdicts = Object.fromEntries(this.#verdicts);
    writeFileSync(process.env[verdictsVariable]!, JSON.stringify({ verdicts, error: this.#error }));
  }
}
