import { expect, imports, test } from '../testing/index.ts';
import { checkSystem, thisSystem } from './system.ts';

const specs = {
  'a.spec.ts': `${imports} test('never begins', async ({ postgres }) => { await postgres.query('SELECT 1'); });`,
};
const onWindows =
  'Proving Ground does not run on Windows itself: run it there in WSL (wsl --install), or on Linux or macOS.';
const withMusl =
  'The servers from npm are made for glibc, and this Linux has another C library (Alpine has musl): use an image ' +
  'with glibc such as node:24-slim, or set TARGET=docker or TARGET=remote.';
/** Runs a script first in each of a run's processes. */
const first = (script: string) => ({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}` });

test.describe("a run's system", () => {
  test('Windows is refused, whatever the target', () => {
    for (const target of ['local', 'docker', 'remote'] as const)
      expect(() => checkSystem(target, { platform: 'win32', hasGlibc: false })).toThrow(
        expect.objectContaining({ name: 'Environment unavailable', message: onWindows }),
      );
  });

  test('a system without glibc is refused when the servers come from npm', () => {
    const alpine = { platform: 'linux', hasGlibc: false } as const;
    expect(() => checkSystem('local', alpine)).toThrow(
      expect.objectContaining({ name: 'Environment unavailable', message: withMusl }),
    );
    for (const target of ['docker', 'remote'] as const) expect(() => checkSystem(target, alpine)).not.toThrow();
    for (const platform of ['linux', 'darwin'] as const)
      expect(() => checkSystem('local', { platform, hasGlibc: platform === 'linux' })).not.toThrow();
  });

  test("this machine's system is detected", () => {
    expect(thisSystem().platform).toBe(process.platform);
    expect(() => checkSystem('local')).not.toThrow();
  });
});

for (const [name, script, sentence] of [
  ['on Windows', "Object.defineProperty(process, 'platform', { value: 'win32' })", onWindows],
  ['with musl', 'process.report.getReport = () => ({ header: {} })', withMusl],
] as const) {
  test(`a run ${name} fails in one sentence and starts nothing`, async ({ runInlineTest, root }) => {
    test.skip(name === 'with musl' && process.platform !== 'linux', 'only Linux has several C libraries');
    expect(await runInlineTest(specs, { env: first(script) })).toMatchObject({
      exitCode: 1,
      output: `Environment unavailable: ${sentence}`,
    });
    expect(root.leftovers()).toEqual([]);
  });
}
