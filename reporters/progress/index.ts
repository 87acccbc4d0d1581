import path from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { expectedDurations, readHistory } from '../history/index.ts';
import { progressLine } from './line.ts';

export interface ProgressOptions {
  /** Seconds between two lines; a shorter run prints none. Default 30. */
  readonly every?: number;
  /** The history of the cost and performance reporter, relative to the configuration. */
  readonly history?: string;
}

/** On a long run, prints a line every half minute: what is running, and how far and how much longer the run is. */
export default class Progress implements Reporter {
  readonly #every: number;
  readonly #history: string;
  readonly #startedAt = Date.now();
  readonly #ended = new Map<string, number>();
  readonly #running = new Map<string, { readonly test: TestCase; readonly startedAt: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor({
    configDir,
    every = 30,
    history = '.proving-ground/history.jsonl',
  }: ProgressOptions & { readonly configDir: string }) {
    this.#every = every * 1000;
    this.#history = path.resolve(configDir, history);
  }

  printsToStdio(): boolean {
    return false; // not enough as a run's only reporter
  }

  onBegin({ rootDir, workers }: FullConfig, suite: Suite): void {
    const tests = suite.allTests().map(({ id }) => id);
    const expected = expectedDurations(readHistory(this.#history).runs);
    this.#timer = setInterval(() => {
      const now = Date.now();
      process.stdout.write(
        `${progressLine({
          elapsed: now - this.#startedAt,
          workers,
          expected,
          over: [...this.#ended].map(([id, duration]) => ({ id, duration })),
          running: [...this.#running].map(
            ([
              id,
              {
                test: { location },
                startedAt,
              },
            ]) => ({ id, place: `${path.relative(rootDir, location.file)}:${location.line}`, since: now - startedAt }),
          ),
          waiting: tests.filter((id) => !this.#ended.has(id) && !this.#running.has(id)),
        })}\n`,
      );
    }, this.#every).unref();
  }

  onTestBegin(test: TestCase): void {
    this.#ended.delete(test.id); // a retry
    this.#running.set(test.id, { test, startedAt: Date.now() });
  }

  onTestEnd({ id }: TestCase, { duration }: TestResult): void {
    this.#running.delete(id);
    this.#ended.set(id, duration);
  }

  onEnd(): void {
    clearInterval(this.#timer);
  }
}
