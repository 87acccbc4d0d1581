/**
 * What self tests use of Playwright's `test` and `expect`, carried out by Vitest, which starts a test in milliseconds.
 * A test that asks for a fixture is skipped, unless that is `fault`, which is none here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test as vitestTest } from 'vitest';

export { expect };

type Body = (fixtures: object, testInfo: object) => unknown;

const slow = new RegExp(process.env['MUTANTS_SLOW'] ?? '^$');

let current: ReturnType<typeof infoOf> | undefined;

function infoOf(title: string): { title: string; outputPath(...names: string[]): string; remove(): void } {
  let folder: string | undefined;
  return {
    title,
    outputPath: (...names) => path.join((folder ??= mkdtempSync(path.join(tmpdir(), 'mutants-'))), ...names),
    remove: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function asksForFixtures(body: Body): boolean {
  const [, names = ''] = /^(?:async\s*)?\(\s*\{([^}]*)\}/.exec(body.toString()) ?? [];
  return names.split(',').some((name) => !['', 'fault'].includes(name.trim()));
}

function declare(title: string, ...rest: readonly unknown[]): void {
  const body = rest.at(-1) as Body;
  const run = asksForFixtures(body) || slow.test(title) ? vitestTest.skip : vitestTest;
  run(title, async () => {
    const info = (current = infoOf(title));
    try {
      await body({}, info);
    } finally {
      info.remove();
    }
  });
}

const hook = (register: (run: () => Promise<void>) => void) => (body: Body) =>
  register(async () => void (await body({}, current ?? infoOf('hook'))));

const group = (title: string, ...rest: readonly unknown[]): void => {
  describe(title, rest.at(-1) as () => void);
};

export const test = Object.assign(declare, {
  describe: Object.assign(group, { configure: () => undefined }),
  step: (_title: string, body: () => unknown) => body(),
  skip: () => undefined,
  slow: () => undefined,
  use: () => undefined,
  setTimeout: () => undefined,
  extend: () => test,
  info: () => current,
  beforeEach: hook(beforeEach),
  afterEach: hook(afterEach),
  beforeAll: hook(beforeAll),
  afterAll: hook(afterAll),
});
