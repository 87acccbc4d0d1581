import path from 'node:path';
import { faultsOf, replaced } from '../fault.ts';

const fault = faultsOf('reporter');

export const errorsAreCutOff = fault(
  'toAttempt',
  'the page has the whole error of a test',
  (read) =>
    (...given) => {
      const attempt = read(...given);
      return { ...attempt, errors: attempt.errors.map((error) => error.split('\n')[0]!) };
    },
  'evidence.test.ts › the page has the whole error of a test, and its steps',
);

export const stepsAreLost = fault(
  'toAttempt',
  'the page has the steps of a test',
  (read) =>
    (...given) => ({ ...read(...given), steps: [] }),
  'evidence.test.ts › the page has the whole error of a test, and its steps',
);

export const tracesAreNotLinked = fault(
  'places',
  "a trace is linked where Playwright's report has it",
  () => ({ attachment: (file) => `data/${path.basename(file)}` }),
  "evidence.test.ts › a trace is linked where Playwright's report has it, else where it is",
);

export const everyFileIsOpen = fault(
  'renderPage',
  'the page of many tests is a page',
  (render) => (summary) => replaced(render(summary), '<details class="group"', '<details class="group" open'),
  'evidence.test.ts › the files of more than a hundred tests are closed',
);

export const theHeadingForgetsWhatDidNotRun = fault(
  'renderPage',
  'the heading says how many tests did not run',
  (render) => (summary) => render({ ...summary, tests: { ...summary.tests, didNotRun: 0 } }),
  'complete.test.ts › a run that stops at its first failure is not called passed',
);

export const skippedTestsCountAsPassed = fault(
  'countTests',
  'a skipped test does not count as passed',
  (count) => (tests) =>
    count(tests.map((each) => (each.outcome === 'skipped' ? { ...each, outcome: 'passed' } : each))),
  'report.test.ts › tests are counted by outcome',
);
