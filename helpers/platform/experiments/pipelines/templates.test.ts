import { expect, test } from '../../../testing/index.ts';
import {
  checkProcessors,
  compilePipeline,
  criticalProcesses,
  findTemplate,
  loadProfiles,
  type LoadProfile,
  type ProcessorConfig,
  simulate,
  templates,
} from './index.ts';

interface Cluster {
  readonly profile?: LoadProfile;
  readonly count: number;
  readonly nodes: readonly string[];
  readonly ticks?: number;
  readonly seed: string;
}

const seeds = ['a', 'b', 'c', 'experiment-17', ''];

for (const {
  id,
  processors,
  estimated_reduction: { from, to },
} of templates) {
  test.describe(id, () => {
    for (const [count, nodes] of [
      [100, ['node-1', 'node-2']],
      [50, ['node-1']],
      [20, ['node-1']],
    ] as const) {
      test(`saves what it promises for ${count} processes on ${nodes.join(' and ')}`, () => {
        expect(
          outside(
            from,
            to,
            processors,
            seeds.map((seed) => ({ count, nodes, seed })),
          ),
        ).toEqual([]);
      });
    }

    test('a template saves what it promises from twenty processes and the first tick on', () => {
      const counts = [...Array.from({ length: 130 }, (_, index) => 20 + index), 150, 200, 500, 1000];
      const clusters = counts.flatMap((count) =>
        [1, 5].map((ticks) => ({ count, nodes: ['node-1'], ticks, seed: 'any' })),
      );
      expect(outside(from, to, processors, clusters)).toEqual([]);
    });

    test('a template keeps every critical process under every load', () => {
      for (const profile of loadProfiles) {
        for (const seed of seeds) {
          const kept = [...seriesOf(processors, { profile, count: 50, nodes: ['node-1'], seed })];
          expect(
            kept.filter((series) => criticalProcesses.some((name) => series.startsWith(`node-1 ${name} `))),
            profile,
          ).toHaveLength(2 * criticalProcesses.length);
        }
      }
    });

    test('a template is found by its id and is valid user input', () => {
      expect(findTemplate(id)?.id).toBe(id);
      expect(checkProcessors(JSON.parse(JSON.stringify(processors)))).toEqual(processors);
    });
  });
}

test('there are five templates', () => {
  expect(templates.map(({ id, estimated_reduction: { from, to } }) => `${id} ${from}–${to} %`)).toEqual([
    'process-baseline-v1 0–0 %',
    'process-aggregated-v1 30–50 %',
    'process-priority-filter-v1 40–60 %',
    'process-topk-v1 60–80 %',
    'process-adaptive-filter-v1 70–90 %',
  ]);
});

test('an unknown template id finds nothing', () => {
  for (const id of ['', 'process-baseline-v2', 'toString']) expect(findTemplate(id)).toBeUndefined();
});

test("a template's parameters describe its processors", () => {
  for (const { parameters, processors } of templates) {
    const values = processors.flatMap(({ config }) =>
      Object.entries(config).map(([name, value]: [string, unknown]) => ({ name, value })),
    );
    expect(parameters.map(({ name, value }) => ({ name, value }))).toEqual(values);
  }
});

/** The clusters on which the reduction by these processors is out of range. */
function outside(
  from: number,
  to: number,
  processors: readonly ProcessorConfig[],
  clusters: readonly Cluster[],
): object[] {
  return clusters
    .map((cluster) => ({ ...cluster, saved: reduction(processors, cluster) }))
    .filter(({ saved }) => saved < from || saved > to);
}

/** Percent of the baseline's series. */
function reduction(processors: readonly ProcessorConfig[], cluster: Cluster): number {
  const baseline = seriesOf([], cluster).size;
  return ((baseline - seriesOf(processors, cluster).size) / baseline) * 100;
}

/** Distinct series over all ticks, each as its node, process and metric. */
function seriesOf(
  processors: readonly ProcessorConfig[],
  { profile = 'realistic', count, nodes, ticks = 20, seed }: Cluster,
): Set<string> {
  const pipeline = compilePipeline(processors);
  const series = new Set<string>();
  for (let tick = 0; tick < ticks; tick++) {
    for (const node of nodes) {
      const samples = simulate({ profile, process_count: count }, seed, node, tick);
      for (const { process, metric } of pipeline.run(samples).points) series.add(`${node} ${process} ${metric}`);
    }
  }
  return series;
}
