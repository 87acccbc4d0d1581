/**
 * What self tests use of Playwright's `test` and `expect`, carried out by Vitest, which starts a test in milliseconds.
 * Fixtures are those that tests declare themselves, and `fault`, which is none here. A test that asks for another one
 * is skipped: it starts servers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test as vitestTest } from 'vitest';

export { expect };

type Body = (fixtures: object, info: object) => unknown;
type Fixture = (fixtures: object, use: (value: unknown) => Promise<void>, info: object) => unknown;
type Fixtures = ReadonlyMap<string, Fixture>;

const slow = new RegExp(process.env['MUTANTS_SLOW'] ?? '^$');

let current: ReturnType<typeof infoOf> | undefined;

function infoOf(title: string) {
  let folder: string | undefined;
  return {
    title,
    setTimeout: () => undefined,
    outputPath: (...names: string[]) => path.join((folder ??= mkdtempSync(path.join(tmpdir(), 'mutants-'))), ...names),
    remove: () => folder !== undefined && rmSync(folder, { recursive: true, force: true }),
  };
}

/** The fixtures that a function takes out of its first parameter. */
function askedBy(ask: Body | Fixture): string[] {
  const [, outer = ''] = /^(?:async\s*)?\(?\s*\{((?:[^{}]|\{[^{}]*\})*)\}/.exec(ask.toString()) ?? [];
  const names = outer.replaceAll(/\{[^{}]*\}/g, '').split(',');
  return names.map((name) => name.split(/[:=]/)[0]!.trim()).filter((name) => name !== '');
}

const isKnown = (fixtures: Fixtures, name: string): boolean => {
  const fixture = fixtures.get(name);
  return fixture !== undefined && askedBy(fixture).every((needed) => isKnown(fixtures, needed));
};

/** Runs a function in its fixtures: the first is set up first, and torn down last. */
async function within(fixtures: Fixtures, names: readonly string[], given: object, run: (all: object) => unknown) {
  const [name, ...rest] = names;
  if (name === undefined) return void (await run(given));
  if (name in given) return within(fixtures, rest, given, run);
  const fixture = fixtures.get(name)!;
  await within(fixtures, askedBy(fixture), given, (all) =>
    fixture(all, (value) => within(fixtures, rest, { ...all, [name]: value }, run), current!),
  );
}

function testWith(fixtures: Fixtures): object {
  const declare = (title: string, ...rest: readonly unknown[]): void => {
    const body = rest.at(-1) as Body;
    const names = askedBy(body);
    const run = slow.test(title) || !names.every((name) => isKnown(fixtures, name)) ? vitestTest.skip : vitestTest;
    run(title, async () => {
      const info = (current = infoOf(title));
      try {
        await within(fixtures, names, {}, (all) => body(all, info));
      } finally {
        info.remove();
      }
    });
  };
  const hook = (register: (run: () => Promise<void>) => void) => (body: Body) =>
    register(async () => void (await body({}, current ?? infoOf('hook'))));
  const group = (title: string, ...rest: readonly unknown[]) =>
    void describe(title, () => {
      try {
        (rest.at(-1) as () => void)();
      } catch (error) {
        // Without a test, nothing would fail.
        vitestTest('its tests are declared', () => {
          throw error;
        });
      }
    });
  const nothing = (): undefined => undefined;
  return Object.assign(declare, {
    describe: Object.assign(group, { configure: nothing }),
    step: (_title: string, body: () => unknown) => body(),
    skip: nothing,
    slow: nothing,
    use: nothing,
    setTimeout: nothing,
    info: () => current,
    extend: (more: Readonly<Record<string, unknown>>) => testWith(new Map([...fixtures, ...fixturesIn(more)])),
    beforeEach: hook(beforeEach),
    afterEach: hook(afterEach),
    beforeAll: hook(beforeAll),
    afterAll: hook(afterAll),
  });
}

/** Those that are functions, with options or without. */
function fixturesIn(declared: Readonly<Record<string, unknown>>): [string, Fixture][] {
  return Object.entries(declared).flatMap(([name, value]) => {
    const fixture: unknown = Array.isArray(value) ? value[0] : value;
    return typeof fixture === 'function' ? [[name, fixture as Fixture]] : [];
  });
}

export const test = testWith(new Map([['fault', (_, use) => use(undefined)]]));
