import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { TestError, TestResult, TestStep } from '@playwright/test/reporter';
import { shortened } from '../../../helpers/lib/text.ts';
import type { AttachmentRecord, StepRecord } from '../record.ts';

/** What helps to understand a failure is kept up to these lengths, so that a page of many failures opens. */
const longestError = 8_000;
const longestOutput = 4_000;
const mostErrors = 5;
const mostSteps = 200;
/** Of an attempt that passed: the outermost two levels. */
const [mostPassedSteps, passedDepth] = [25, 2];

/** The errors of an attempt, whole: each with its message, the lines of code, and where it was thrown. */
export function wholeErrors(errors: readonly TestError[]): string[] {
  return errors.slice(0, mostErrors).map((error) => shortened(stripVTControlCharacters(textOf(error)), longestError));
}

function textOf({ message = '', value = '', snippet, stack = '' }: TestError): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [message || value, snippet, frames.join('\n')]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}

/** The steps of an attempt, with the path to an error in all cases. */
export function stepsOf({ steps, status }: TestResult, folder: string): StepRecord[] {
  const isWhole = status !== 'passed';
  let left = isWhole ? mostSteps : mostPassedSteps;
  const read = (all: readonly TestStep[], depth: number): StepRecord[] =>
    all
      .filter((step) => step.error !== undefined || left-- > 0)
      .map((step) => ({
        title: step.title,
        durationMs: Math.max(0, step.duration),
        failed: step.error !== undefined,
        place: step.location === undefined ? undefined : placeOf(step.location, folder),
        steps: isWhole || depth < passedDepth ? read(step.steps, depth + 1) : [],
      }));
  return read(steps, 1);
}

function placeOf({ file, line }: NonNullable<TestStep['location']>, folder: string): string {
  return `${path.relative(folder, file).replaceAll(path.sep, '/')}:${line}`;
}

/** The files of an attempt that are meant for people. */
export function attachmentsOf({ attachments }: TestResult): AttachmentRecord[] {
  return attachments.flatMap(({ name, contentType, path: file }) =>
    file === undefined || name.startsWith('_') || name === 'cost and performance' ? [] : [{ name, contentType, file }],
  );
}

/** The end of what an attempt printed. */
export function outputOf({ stdout, stderr }: TestResult): string | undefined {
  const text = stripVTControlCharacters([...stdout, ...stderr].map(String).join('')).trim();
  return text === '' ? undefined : text.slice(-longestOutput);
}
