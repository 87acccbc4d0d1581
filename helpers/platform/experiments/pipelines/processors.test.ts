import { expect, test } from '../../../testing/index.ts';
import { checkProcessors, ConfigurationError } from './index.ts';

const known = 'include_patterns, exclude_patterns, min_priority, min_cpu, min_memory, keep_categories';

test('valid processor parameters are accepted', () => {
  for (const processors of [
    [],
    [{ type: 'filter', config: { include_patterns: ['critical_*'] } }],
    [
      { type: 'filter', config: {} },
      { type: 'aggregate', config: {} },
      { type: 'topk', config: {} },
      { type: 'adaptive', config: {} },
    ],
    [
      {
        type: 'filter',
        config: {
          include_patterns: ['a'],
          exclude_patterns: ['b'],
          min_priority: 'high',
          min_cpu: 0,
          min_memory: 1.5,
          keep_categories: ['web'],
        },
      },
    ],
    [
      { type: 'topk', config: { cpu_above: 1, memory_above: 2, keep_categories: ['web'] } },
      { type: 'adaptive', config: { min_cpu: 1, min_memory: 2, min_priority: 'low' } },
    ],
  ])
    expect(checkProcessors(processors)).toEqual(processors);
});

const refusals: readonly (readonly [value: unknown, message: string])[] = [
  [undefined, 'processors: expected a list'],
  [{}, 'processors: expected a list'],
  [['filter'], 'processors[0]: expected an object'],
  [[null], 'processors[0]: expected an object'],
  [[[]], 'processors[0]: expected an object'],
  [[{}], 'processors[0].type: expected a text'],
  [[{ type: 7, config: {} }], 'processors[0].type: expected a text'],
  [
    [{ type: 'sample', config: {} }],
    'processors[0].type: unknown processor type "sample", known are filter, aggregate, topk, adaptive',
  ],
  [
    [{ type: 'toString', config: {} }],
    'processors[0].type: unknown processor type "toString", known are filter, aggregate, topk, adaptive',
  ],
  [[{ type: 'topk', config: {} }, { type: 'filter' }], 'processors[1].config: expected an object'],
  [[{ type: 'filter', config: [] }], 'processors[0].config: expected an object'],
  [[{ type: 'filter', config: {}, name: 'mine' }], 'processors[0].name: unknown field, known are type, config'],
  [[{ type: 'filter', config: { include: ['a'] } }], `processors[0].config.include: unknown field, known are ${known}`],
  [[{ type: 'filter', config: { cpu_above: 5 } }], `processors[0].config.cpu_above: unknown field, known are ${known}`],
  [
    [{ type: 'aggregate', config: { by: 'category' } }],
    'processors[0].config.by: unknown field, known are max_priority',
  ],
  [
    [{ type: 'filter', config: { include_patterns: 'critical_*' } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { include_patterns: ['a', 7] } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { include_patterns: [''] } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { include_patterns: ['null\0'] } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { include_patterns: ['\ud800half'] } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { include_patterns: [] } }],
    'processors[0].config.include_patterns: expected a list of texts',
  ],
  [
    [{ type: 'filter', config: { min_priority: 'urgent' } }],
    'processors[0].config.min_priority: expected one of critical, high, low',
  ],
  [[{ type: 'topk', config: { cpu_above: '5' } }], 'processors[0].config.cpu_above: expected a number from 0 up'],
  [[{ type: 'topk', config: { cpu_above: Infinity } }], 'processors[0].config.cpu_above: expected a number from 0 up'],
  [[{ type: 'adaptive', config: { min_memory: -1 } }], 'processors[0].config.min_memory: expected a number from 0 up'],
  [
    [{ type: 'adaptive', config: { min_memory: Number.NaN } }],
    'processors[0].config.min_memory: expected a number from 0 up',
  ],
];

for (const [value, message] of refusals) {
  test(`${JSON.stringify(value)} is refused: ${message}`, () => {
    expect(() => checkProcessors(value)).toThrow(new ConfigurationError(message));
    expect(() => checkProcessors(value)).toThrow(ConfigurationError);
  });
}
