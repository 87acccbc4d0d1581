import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../report.ts';
import { type Contender, plain, withDatabase, withoutFixture } from './contenders.ts';
import type { Round } from './costs.ts';
import { GeneratedTests } from './runs.ts';
import { tell } from './tell.ts';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const rounds = 5;
const count = 520;

/**
 * What a test with a database costs: whole Playwright runs of generated files of one-line tests, two workers, of each
 * contender in turn. A test's cost is the slope between a run of 20 tests and one of 520; figures are over plain
 * Playwright in the same round.
 */
export async function measureOwn(report: Report): Promise<void> {
  const contenders = [plain, withoutFixture, ...(['database', 'reset', 'rollback'] as const).map(withDatabase)];
  const measured = await runAll(contenders);
  tell(report, contenders, measured, count - GeneratedTests.inFile);
}

/** Every other round has the opposite order, so that none gains by its position. */
async function runAll(contenders: readonly Contender[]): Promise<ReadonlyMap<string, readonly Round[]>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-bench-'));
  try {
    symlinkSync(modules, path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const lanes = contenders.map((one) => ({
      measured: [] as Round[],
      key: one.key,
      tests: new GeneratedTests(path.join(folder, one.key), one, count),
    }));
    for (const { tests } of lanes) await tests.warmUp();
    for (let round = 0; round < rounds; round++)
      for (const { tests, measured } of round % 2 === 0 ? lanes : lanes.toReversed())
        measured.push({ few: await tests.runFew(), many: await tests.runAll() });
    return new Map(lanes.map(({ key, measured }) => [key, measured]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
