import fc from 'fast-check';
import { expect, test } from '../../../testing/index.ts';
import { compileGlob } from './glob.ts';
import { compilePipeline, type ProcessorConfig, type ProcessSample, simulate } from './index.ts';

const samples: readonly ProcessSample[] = [
  sample('critical_orders', 'runtime', 'critical', 30, 900),
  sample('critical_payments', 'database', 'critical', 1, 50),
  sample('gateway', 'web', 'high', 6, 80),
  sample('scheduler', 'system', 'high', 1, 100),
  sample('worker-1', 'worker', 'low', 2, 40),
  sample('worker-2', 'worker', 'low', 3, 60),
  sample('import', 'batch', 'low', 5, 300),
];

const kept = (...processors: ProcessorConfig[]): string[] => names(processors, samples);

test.describe('without processors', () => {
  test('every sample becomes two points', () => {
    expect(compilePipeline([]).run(samples.slice(0, 1))).toEqual({
      points: [
        { node: 'node-1', process: 'critical_orders', metric: 'process.cpu.utilization', value: 30 },
        { node: 'node-1', process: 'critical_orders', metric: 'process.memory.usage', value: 900 },
      ],
      work: 20,
      errors: 0,
    });
  });

  test('malformed samples are dropped and counted', () => {
    const malformed = [
      sample('a', 'web', 'low', Number.NaN, 1),
      sample('b', 'web', 'low', 1, -1),
      sample('c', 'web', 'low', Number.POSITIVE_INFINITY, 1),
      sample('d', 'web', 'low', 0, 0),
    ];
    const { points, work, errors } = compilePipeline([]).run(malformed);
    expect(new Set(points.map(({ process }) => process))).toEqual(new Set(['d']));
    expect({ work, errors }).toEqual({ work: 20, errors: 3 });
  });

  test('no samples give no points', () => {
    expect(compilePipeline([]).run([])).toEqual({ points: [], work: 0, errors: 0 });
  });
});

test.describe('filter', () => {
  test("a filter keeps what a user's patterns name", () => {
    expect(kept({ type: 'filter', config: { include_patterns: ['critical_*'] } })).toEqual([
      'critical_orders',
      'critical_payments',
    ]);
    expect(kept({ type: 'filter', config: { include_patterns: ['*-2', 'gateway'] } })).toEqual(['gateway', 'worker-2']);
  });

  test('a filter keeps what matches any rule', () => {
    expect(kept({ type: 'filter', config: { min_priority: 'critical', min_cpu: 6, min_memory: 300 } })).toEqual([
      'critical_orders',
      'critical_payments',
      'gateway',
      'import',
    ]);
    expect(
      kept({ type: 'filter', config: { include_patterns: ['worker-1'], keep_categories: ['system', 'batch'] } }),
    ).toEqual(['scheduler', 'worker-1', 'import']);
  });

  test('an excluded process is dropped whatever the rules are', () => {
    expect(kept({ type: 'filter', config: { min_priority: 'critical', exclude_patterns: ['*_payments'] } })).toEqual([
      'critical_orders',
    ]);
    expect(kept({ type: 'filter', config: { exclude_patterns: ['critical_*', 'worker-*'] } })).toEqual([
      'gateway',
      'scheduler',
      'import',
    ]);
  });

  test('a filter without rules keeps everything', () => {
    expect(kept({ type: 'filter', config: {} })).toHaveLength(samples.length);
  });
});

test.describe('aggregate', () => {
  test('aggregation makes one process of each low-priority category, on each node', () => {
    const there = { ...sample('worker-1', 'worker', 'low', 7, 70), node: 'node-2' };
    const { points } = compilePipeline([{ type: 'aggregate', config: {} }]).run([...samples.slice(3), there]);
    expect(points.map(({ node, process, value }) => [node, process, value])).toEqual([
      ['node-1', 'scheduler', 1],
      ['node-1', 'scheduler', 100],
      ['node-1', 'category:worker', 5],
      ['node-1', 'category:worker', 100],
      ['node-1', 'category:batch', 5],
      ['node-1', 'category:batch', 300],
      ['node-2', 'category:worker', 7],
      ['node-2', 'category:worker', 70],
    ]);
  });

  test('aggregation loses no resource usage', () => {
    for (let tick = 0; tick < 20; tick++) {
      const host = simulate({ profile: 'realistic', process_count: 100 }, 'seed', 'node-1', tick);
      const total = (processors: ProcessorConfig[]): number =>
        compilePipeline(processors)
          .run(host)
          .points.reduce((sum, { value }) => sum + value, 0);
      expect(total([{ type: 'aggregate', config: { max_priority: 'high' } }])).toBeCloseTo(total([]), 6);
    }
  });

  test('aggregation can include higher priorities', () => {
    expect(kept({ type: 'aggregate', config: { max_priority: 'high' } })).toEqual([
      'critical_orders',
      'critical_payments',
      'category:web',
      'category:system',
      'category:worker',
      'category:batch',
    ]);
  });
});

test('topk keeps more than 5 % CPU, more than 100 MB, and databases, web servers and runtimes', () => {
  expect(kept({ type: 'topk', config: {} })).toEqual(['critical_orders', 'critical_payments', 'gateway', 'import']);
  expect(kept({ type: 'topk', config: { cpu_above: 2, memory_above: 99, keep_categories: ['web'] } })).toEqual([
    'critical_orders',
    'gateway',
    'scheduler',
    'worker-2',
    'import',
  ]);
});

test('adaptive keeps fewer processes the more the node has', () => {
  const busy = sample('busy', 'batch', 'low', 8, 100);
  const idle = (count: number, node = 'node-1') =>
    Array.from({ length: count }, (_, index) => ({ ...sample(`idle-${index}`, 'worker', 'low', 0, 0), node }));
  const critical = sample('critical', 'database', 'critical', 0, 0);
  const processors: ProcessorConfig[] = [{ type: 'adaptive', config: {} }];
  expect(names(processors, [busy, critical, ...idle(10)])).toEqual(['busy', 'critical']);
  expect(names(processors, [busy, critical, ...idle(100)])).toEqual(['critical']);
  expect(names(processors, [busy, critical, ...idle(100, 'node-2')])).toEqual(['busy', 'critical']);
});

test('adaptive keeps a process of at least its CPU, its memory or its priority', () => {
  const critical = ['critical_orders', 'critical_payments'];
  const keptBy = (config: object) =>
    kept({ type: 'adaptive', config: { min_cpu: 999, min_memory: 999, ...config } }).filter(
      (name) => !critical.includes(name),
    );
  expect(keptBy({ min_cpu: 6 })).toEqual(['gateway']);
  expect(keptBy({ min_memory: 100 })).toEqual(['scheduler', 'import']);
  expect(keptBy({ min_priority: 'high' })).toEqual(['gateway', 'scheduler']);
  expect(kept({ type: 'adaptive', config: { min_cpu: 999, min_memory: 999 } })).toEqual(critical);
});

test('processors run in order, each on the output of the one before', () => {
  const { points, work } = compilePipeline([
    { type: 'filter', config: { min_priority: 'high' } },
    { type: 'topk', config: {} },
  ]).run(samples);
  expect(points).toHaveLength(6);
  expect(work).toBe(7 + 4 + 6 * 10);
});

test('running a pipeline changes neither samples nor pipeline', () => {
  const copy = structuredClone(samples);
  const pipeline = compilePipeline([{ type: 'aggregate', config: {} }]);
  expect(pipeline.run(samples)).toEqual(pipeline.run(samples));
  expect(samples).toEqual(copy);
});

test('a glob matches like its regular expression', () => {
  const letters = fc.constantFrom('a', 'b', '*', '.', '-');
  const { counterexample } = fc.check(
    fc.property(fc.array(letters, { maxLength: 6 }), fc.array(letters, { maxLength: 8 }), (pattern, text) => {
      const expression = pattern.map((letter) => (letter === '*' ? '.*' : `[${letter}]`)).join('');
      return compileGlob(pattern.join(''))(text.join('')) === new RegExp(`^${expression}$`).test(text.join(''));
    }),
    { numRuns: 2000 },
  );
  expect(counterexample).toBeNull();
});

test('a pattern of many stars matches in linear time', () => {
  const matches = compileGlob(`${'*a'.repeat(40)}b`);
  const started = performance.now();
  expect(matches('a'.repeat(200))).toBe(false);
  expect(performance.now() - started).toBeLessThan(100);
});

function sample(
  process: string,
  category: string,
  priority: ProcessSample['priority'],
  cpu: number,
  memory: number,
): ProcessSample {
  return { node: 'node-1', process, category, priority, cpu, memory };
}

function names(processors: readonly ProcessorConfig[], given: readonly ProcessSample[]): string[] {
  return [
    ...new Set(
      compilePipeline(processors)
        .run(given)
        .points.map(({ process }) => process),
    ),
  ];
}
