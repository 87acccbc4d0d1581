import path from 'node:path';
import type { Bench } from '../bench.ts';
import { type Contender, peers, plain, withDatabase, withoutFixture } from './contenders.ts';
import { Costs, type Round } from './costs.ts';
import { GeneratedTests, withFolder } from './runs.ts';
import { type PeerRuns, withPeerServer } from './server.ts';
import { tell, tellPeers } from './tell.ts';

const rounds = 5;
const count = 520;
const own = [plain, withoutFixture, ...withDatabase];

/**
 * What a test with a database costs: whole Playwright runs of generated files of one-line tests, two workers, of each
 * contender in turn. A test's cost is the slope between a run of 20 tests and one of 520; figures are over plain
 * Playwright in the same round.
 */
export const measureOwn: Bench = async (_, report) => tell(report, own, await measure(own));

/** The same, beside the techniques of the peers on one server of ours, which has been started before. */
export const measureWithPeers: Bench = async (configuration, report) => {
  await withPeerServer(configuration, async (runs) => {
    const contenders = [...own, ...peers];
    const costs = await measure(contenders, runs);
    tell(report, contenders, costs);
    tellPeers(report, peers, costs);
  });
};

/** Every other round has the opposite order, so that none gains by its position. */
function measure(contenders: readonly Contender[], runs?: PeerRuns): Promise<Costs> {
  return withFolder(async (folder) => {
    const lanes = contenders.map((one) => ({
      measured: [] as Round[],
      key: one.key,
      tests: new GeneratedTests(path.join(folder, one.key), one, count, one.config === 'plain' ? runs : undefined),
    }));
    for (const { tests } of lanes) await tests.warmUp();
    for (let round = 0; round < rounds; round++)
      for (const { tests, measured } of round % 2 === 0 ? lanes : lanes.toReversed())
        measured.push({ few: await tests.runFew(), many: await tests.runAll() });
    return new Costs(new Map(lanes.map(({ key, measured }) => [key, measured])), GeneratedTests.inFile, count);
  });
}
