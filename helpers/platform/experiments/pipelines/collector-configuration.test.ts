import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { expect, test } from '../../../testing/index.ts';
import {
  ConfigurationError,
  type ConfigurationSource,
  findTemplate,
  parseConfiguration,
  type ProcessorConfig,
  renderConfiguration,
} from './index.ts';

const source: ConfigurationSource = {
  experimentId: 'e-17',
  variant: 'candidate',
  processors: [
    { type: 'filter', config: { include_patterns: ['critical_*'] } },
    { type: 'aggregate', config: {} },
  ],
  targetHosts: ['node-1', 'node-2'],
  variables: {},
  collectionInterval: '10s',
};
const rendered = renderConfiguration(source);
const labelsAt = 'processors.resource.attributes';

/** Any storable text without variables. */
const text = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((value) => !value.includes('\0') && !/\$\{[^}]*\}/.test(value));
const texts = fc.array(text, { minLength: 1, maxLength: 4 });
const quantity = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const priority = fc.constantFrom('critical', 'high', 'low');
const optional = { requiredKeys: [] };
const processor: fc.Arbitrary<ProcessorConfig> = fc.oneof(
  fc.record({
    type: fc.constant('filter'),
    config: fc.record(
      {
        include_patterns: texts,
        exclude_patterns: texts,
        min_priority: priority,
        min_cpu: quantity,
        min_memory: quantity,
        keep_categories: texts,
      },
      optional,
    ),
  }),
  fc.record({ type: fc.constant('aggregate'), config: fc.record({ max_priority: priority }, optional) }),
  fc.record({
    type: fc.constant('topk'),
    config: fc.record({ cpu_above: quantity, memory_above: quantity, keep_categories: texts }, optional),
  }),
  fc.record({
    type: fc.constant('adaptive'),
    config: fc.record({ min_cpu: quantity, min_memory: quantity, min_priority: priority }, optional),
  }),
);

test('a configuration has the shape of an OpenTelemetry collector configuration', () => {
  expect(rendered).toBe(`receivers:
  hostmetrics:
    collection_interval: 10s
    hosts:
      - node-1
      - node-2
    scrapers:
      process: {}
processors:
  filter/1:
    include_patterns:
      - critical_*
  aggregate/2: {}
  resource:
    attributes:
      - key: experiment_id
        value: e-17
        action: upsert
      - key: variant
        value: candidate
        action: upsert
exporters:
  clickhouse: {}
service:
  pipelines:
    metrics:
      receivers:
        - hostmetrics
      processors:
        - filter/1
        - aggregate/2
        - resource
      exporters:
        - clickhouse
`);
});

test('a rendered configuration parses back to the same', () => {
  const labels = fc.record({ experimentId: text, variant: fc.constantFrom('baseline', 'candidate') });
  fc.assert(
    fc.property(
      labels,
      fc.array(processor, { maxLength: 12 }),
      texts,
      ({ experimentId, variant }, processors, targetHosts) => {
        const read = parseConfiguration(
          renderConfiguration({ ...source, experimentId, variant, processors, targetHosts }),
        );
        expect(read).toEqual({
          processors,
          labels: { experiment_id: experimentId, variant },
          hosts: targetHosts,
          collection_interval: '10s',
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('a pipeline without processors still adds labels', () => {
  const read = parseConfiguration(
    renderConfiguration({
      ...source,
      processors: findTemplate('process-baseline-v1')!.processors,
      variant: 'baseline',
    }),
  );
  expect(read).toEqual({
    processors: [],
    labels: { experiment_id: 'e-17', variant: 'baseline' },
    hosts: ['node-1', 'node-2'],
    collection_interval: '10s',
  });
});

test('only listed processors run, in the listed order', () => {
  const reordered = changed('service.pipelines.metrics.processors', ['aggregate/2', 'resource', 'filter/1']);
  const configuration = changed('processors.nonsense/9', { is: 'not looked at' }, reordered);
  expect(parseConfiguration(configuration).processors).toEqual(source.processors.toReversed());
});

test.describe('variables', () => {
  const withPatterns = (include_patterns: string[], variables: Record<string, string>) =>
    parseConfiguration(
      renderConfiguration({ ...source, processors: [{ type: 'filter', config: { include_patterns } }], variables }),
    ).processors;

  test('variables are replaced anywhere in a text', () => {
    expect(withPatterns(['${TEAM}_*', '*-${REGION}-${TEAM}'], { TEAM: 'orders', REGION: 'eu' })).toEqual([
      { type: 'filter', config: { include_patterns: ['orders_*', '*-eu-orders'] } },
    ]);
  });

  test('variables cannot inject structure', () => {
    const odd = 'a: b\n  - ${TEAM} $& "quoted" #';
    expect(withPatterns(['${TEAM}'], { TEAM: odd })).toEqual([{ type: 'filter', config: { include_patterns: [odd] } }]);
  });

  test('unknown variables are refused', () => {
    for (const name of ['REGION', 'toString', '']) {
      expect(() => withPatterns(['a', `\${${name}}`], { TEAM: 'orders' })).toThrow(
        new ConfigurationError(`processors[0].config.include_patterns[1]: unknown variable "${name}"`),
      );
    }
  });

  test('variables that leave an empty value are refused', () => {
    expect(() => withPatterns(['${TEAM}'], { TEAM: '' })).toThrow(
      new ConfigurationError('processors[0].config.include_patterns: expected a list of texts'),
    );
  });
});

test('a number in a processor stays one, and an interval may be of any length and unit', () => {
  for (const collectionInterval of ['100ms', '10s', '5m', '1h']) {
    const processors: ProcessorConfig[] = Array.from({ length: 12 }, () => ({
      type: 'filter',
      config: { min_cpu: 1.5 },
    }));
    expect(parseConfiguration(renderConfiguration({ ...source, processors, collectionInterval }))).toMatchObject({
      processors,
      collection_interval: collectionInterval,
    });
  }
});

const noInterval = 'receivers.hostmetrics.collection_interval: expected a duration such as 10s';
const noHosts = 'receivers.hostmetrics.hosts: expected a list of texts';

test.describe('invalid parameters are not rendered', () => {
  const refusals: readonly (readonly [Partial<ConfigurationSource>, string])[] = [
    [{ experimentId: '' }, 'processors.resource.attributes: expected a label experiment_id with a text'],
    [{ targetHosts: [] }, noHosts],
    [{ targetHosts: ['node-1', ''] }, noHosts],
    ...['10', '0s', '1.5s', '10 s', '10seconds'].map(
      (interval) => [{ collectionInterval: interval }, noInterval] as const,
    ),
    [
      { processors: [{ type: 'filter', config: { min_cpu: -1 } }] },
      'processors[0].config.min_cpu: expected a number from 0 up',
    ],
  ];
  for (const [change, message] of refusals) {
    test(`a configuration with ${JSON.stringify(change)} is not rendered`, () => {
      expect(() => renderConfiguration({ ...source, ...change })).toThrow(new ConfigurationError(message));
    });
  }
});

test.describe('an invalid configuration is not parsed', () => {
  const listed = 'service.pipelines.metrics';
  const refusals: readonly (readonly [what: string, text: string, message: string])[] = [
    ['when empty', '', 'configuration: expected an object'],
    [
      'with a bracket that is never closed',
      'receivers:\n  hosts: [a\n',
      'line 3: invalid YAML, Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'with a key twice',
      'receivers: {}\nexporters: {}\nreceivers: {}\n',
      'line 3: invalid YAML, Map keys must be unique',
    ],
    [
      'with a key that is no text',
      'receivers: {}\n? [receivers]\n: {}\n',
      'line 2: invalid YAML, With stringKeys, all keys must be strings',
    ],
    ['with two documents', `${rendered}---\n${rendered}`, 'line 35: invalid YAML, more than one document'],
    [
      'with an alias that leads nowhere',
      'receivers: *all\n',
      'configuration: invalid YAML, Unresolved alias (the anchor must be set before the alias): all',
    ],
    [
      'without hostmetrics',
      changed('receivers.other', {}, changed(`${listed}.receivers.0`, 'other')),
      `${listed}.receivers: expected "hostmetrics"`,
    ],
    [
      'with a processor that is listed twice',
      changed(`${listed}.processors.3`, 'filter/1'),
      `${listed}.processors: "filter/1" is listed twice`,
    ],
    [
      'with a processor of unknown type',
      changed('processors.sample/3', {}, changed(`${listed}.processors.3`, 'sample/3')),
      'processors.sample/3: unknown processor type "sample", known are filter, aggregate, topk, adaptive',
    ],
  ];
  const changes: readonly (readonly [what: string, place: string, value: unknown, message: string])[] = [
    ['without a service', 'service', undefined, 'service: expected an object'],
    ['without pipelines', 'service.pipelines', undefined, 'service.pipelines: expected an object'],
    ['without a pipeline of metrics', listed, undefined, `${listed}: expected an object`],
    ['with an empty receiver', 'receivers.hostmetrics', null, 'receivers.hostmetrics: expected an object'],
    ['without hosts', 'receivers.hostmetrics.hosts', undefined, noHosts],
    ['with a host that is no text', 'receivers.hostmetrics.hosts.1', 7, noHosts],
    ['without an interval', 'receivers.hostmetrics.collection_interval', undefined, noInterval],
    [
      'with a processor that is listed but not defined',
      'processors.filter/1',
      undefined,
      `${listed}.processors: "filter/1" is listed but not defined`,
    ],
    [
      'with an exporter that is not defined',
      'exporters.clickhouse',
      undefined,
      `${listed}.exporters: "clickhouse" is listed but not defined`,
    ],
    [
      'with a wrong field',
      'processors.filter/1.include_patterns',
      'critical_*',
      'processors.filter/1.include_patterns: expected a list of texts',
    ],
    [
      'with an unknown field',
      'processors.aggregate/2.by',
      'category',
      'processors.aggregate/2.by: unknown field, known are max_priority',
    ],
    [
      'without its labels',
      `${listed}.processors.2`,
      undefined,
      `${listed}.processors: expected "resource", which adds the labels experiment_id and variant`,
    ],
    ['without a list of labels', labelsAt, {}, `${labelsAt}: expected a list`],
    ['with a label that is a text', `${labelsAt}.1`, 'variant', `${labelsAt}[1]: expected an object`],
    ['without an experiment', `${labelsAt}.0`, undefined, `${labelsAt}: expected a label experiment_id with a text`],
    [
      'with an unknown variant',
      `${labelsAt}.1.value`,
      'control',
      `${labelsAt}: expected a label variant with baseline or candidate`,
    ],
  ];
  for (const [what, configuration, message] of [
    ...refusals,
    ...changes.map(([change, place, value, complaint]) => [change, changed(place, value), complaint] as const),
  ]) {
    test(what, () => {
      expect(() => parseConfiguration(configuration)).toThrow(new ConfigurationError(message));
      expect(() => parseConfiguration(configuration)).toThrow(ConfigurationError);
    });
  }
});

/** A configuration with this value at a place, by default the rendered one; `undefined` removes what is there. */
function changed(place: string, value: unknown, configuration = rendered): string {
  const document = parseDocument(configuration);
  if (value === undefined) document.deleteIn(place.split('.'));
  else document.setIn(place.split('.'), document.createNode(value));
  return document.toString();
}
