import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { TestResult, TestStep } from '@playwright/test/reporter';
import { EnvironmentUnavailable } from '../../../helpers/lib/environment.ts';
import { attachmentName, type Measurement, type MeasurementDocument } from '../../../helpers/run/measurements/index.ts';
import type { AttemptRecord, FixtureTime, TimeSplit } from '../record.ts';
import { attachmentsOf, outputOf, stepsOf, wholeErrors } from './evidence.ts';

/**
 * An attempt, without its place among others.
 * @param unsettled measurements that were recorded and not attached.
 * @param folder what the places of steps are relative to.
 */
export function toAttempt(
  result: TestResult,
  unsettled: readonly Measurement[],
  folder: string,
): Omit<AttemptRecord, 'shard' | 'isRepeated'> {
  const { status, errors, startTime, parallelIndex, attachments } = result;
  const startedAt = startTime.getTime();
  // Playwright's duration excludes worker fixtures, so the end is computed from the steps.
  const durationMs = Math.max(
    result.duration,
    ...result.steps.map((step) => step.startTime.getTime() + lengthOf(step) - startedAt),
  );
  return {
    status,
    startedAt,
    durationMs,
    lane: parallelIndex,
    workerMs: durationMs - result.duration,
    time: splitTime(result.steps, durationMs),
    fixtures: fixtureTimes(result.steps),
    measurements: [...attachments.filter(({ name }) => name === attachmentName).flatMap(measurementsIn), ...unsettled],
    error: firstLine(errors[0]?.message ?? errors[0]?.value),
    errors: wholeErrors(errors),
    steps: stepsOf(result, folder),
    ...(status === 'passed' || status === 'skipped'
      ? {}
      : { attachments: attachmentsOf(result), output: outputOf(result) }),
    unavailable: errors.some(({ message = '' }) => EnvironmentUnavailable.isNamedIn(message)),
  };
}

const setUp = 'Before Hooks';

function splitTime(steps: readonly TestStep[], durationMs: number): TimeSplit {
  const hooks = steps.filter(({ category }) => category === 'hook');
  const before = total(hooks.filter(({ title }) => title === setUp));
  const after = total(hooks.filter(({ title }) => title !== setUp));
  const body = Math.max(0, durationMs - before - after);
  const waiting = Math.min(body, total(steps.filter(({ category }) => category !== 'hook').flatMap(waits)));
  return { setUp: before, test: body - waiting, waiting, teardown: after };
}

/** The outermost steps that wait: assertions, most of which poll, and Playwright's own waits. */
function waits(step: TestStep): TestStep[] {
  const isWait = step.category === 'expect' || (step.category === 'pw:api' && /^wait for /i.test(step.title));
  return isWait ? [step] : step.steps.flatMap(waits);
}

/** Set-up and teardown times of the fixtures that are not boxed. */
function fixtureTimes(steps: readonly TestStep[]): FixtureTime[] {
  const times = new Map<string, number>();
  for (const step of steps.flatMap((hook) => hook.steps).filter(({ category }) => category === 'fixture')) {
    const name = /"(.*)"/.exec(step.title)?.[1] ?? step.title;
    times.set(name, (times.get(name) ?? 0) + lengthOf(step));
  }
  return [...times].map(([name, ms]) => ({ name, ms }));
}

function total(steps: readonly TestStep[]): number {
  return steps.reduce((sum, step) => sum + lengthOf(step), 0);
}

/** An unfinished step has a negative duration. */
function lengthOf({ duration }: TestStep): number {
  return Math.max(0, duration);
}

function measurementsIn({ body, path }: TestResult['attachments'][number]): readonly Measurement[] {
  const text = body === undefined ? readFileSync(path!, 'utf8') : body.toString();
  return (JSON.parse(text) as MeasurementDocument).measurements;
}

const longestError = 300;

function firstLine(text: string | undefined): string | undefined {
  const [line] = stripVTControlCharacters(text ?? '')
    .trim()
    .split('\n');
  return line === '' || line === undefined ? undefined : line.slice(0, longestError);
}
