import fc from 'fast-check';
import { type Document, parseDocument } from 'yaml';
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
const pipeline = ['service', 'pipelines', 'metrics'];
const attributes = ['processors', 'resource', 'attributes'];

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
  const changed = edited((document) => {
    document.setIn(['processors', 'nonsense/9'], document.createNode({ is: 'not looked at' }));
    document.setIn([...pipeline, 'processors'], document.createNode(['aggregate/2', 'resource', 'filter/1']));
  });
  expect(parseConfiguration(changed).processors).toEqual(source.processors.toReversed());
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

test.describe('invalid parameters are not rendered', () => {
  const refusals: readonly (readonly [Partial<ConfigurationSource>, string])[] = [
    [{ experimentId: '' }, 'processors.resource.attributes: expected a label experiment_id with a text'],
    [{ targetHosts: [] }, 'receivers.hostmetrics.hosts: expected a list of texts'],
    [{ collectionInterval: '10' }, 'receivers.hostmetrics.collection_interval: expected a duration such as 10s'],
    [{ collectionInterval: '0s' }, 'receivers.hostmetrics.collection_interval: expected a duration such as 10s'],
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
    ['with two documents', `${rendered}---\n${rendered}`, 'line 35: invalid YAML, more than one document'],
    [
      'with an alias that leads nowhere',
      'receivers: *all\n',
      'configuration: invalid YAML, Unresolved alias (the anchor must be set before the alias): all',
    ],
    ['without a service', edited((document) => document.delete('service')), 'service: expected an object'],
    [
      'without a pipeline of metrics',
      edited((document) => document.deleteIn(pipeline)),
      'service.pipelines.metrics: expected an object',
    ],
    [
      'without hostmetrics',
      edited((document) => {
        document.setIn(['receivers', 'other'], document.createNode({}));
        document.setIn([...pipeline, 'receivers', 0], 'other');
      }),
      'service.pipelines.metrics.receivers: expected "hostmetrics"',
    ],
    [
      'without hosts',
      edited((document) => document.deleteIn(['receivers', 'hostmetrics', 'hosts'])),
      'receivers.hostmetrics.hosts: expected a list of texts',
    ],
    [
      'without an interval',
      edited((document) => document.deleteIn(['receivers', 'hostmetrics', 'collection_interval'])),
      'receivers.hostmetrics.collection_interval: expected a duration such as 10s',
    ],
    [
      'with a processor that is listed but not defined',
      edited((document) => document.deleteIn(['processors', 'filter/1'])),
      'service.pipelines.metrics.processors: "filter/1" is listed but not defined',
    ],
    [
      'with a processor that is listed twice',
      edited((document) => document.addIn([...pipeline, 'processors'], 'filter/1')),
      'service.pipelines.metrics.processors: "filter/1" is listed twice',
    ],
    [
      'with an exporter that is not defined',
      edited((document) => document.deleteIn(['exporters', 'clickhouse'])),
      'service.pipelines.metrics.exporters: "clickhouse" is listed but not defined',
    ],
    [
      'with a processor of unknown type',
      edited((document) => {
        document.setIn(['processors', 'sample/3'], document.createNode({}));
        document.addIn([...pipeline, 'processors'], 'sample/3');
      }),
      'processors.sample/3: unknown processor type "sample", known are filter, aggregate, topk, adaptive',
    ],
    [
      'with a wrong field',
      edited((document) => document.setIn(['processors', 'filter/1', 'include_patterns'], 'critical_*')),
      'processors.filter/1.include_patterns: expected a list of texts',
    ],
    [
      'with an unknown field',
      edited((document) => document.setIn(['processors', 'aggregate/2', 'by'], 'category')),
      'processors.aggregate/2.by: unknown field, known are max_priority',
    ],
    [
      'without its labels',
      edited((document) => document.deleteIn([...pipeline, 'processors', 2])),
      'service.pipelines.metrics.processors: expected "resource", which adds the labels experiment_id and variant',
    ],
    [
      'without an experiment',
      edited((document) => document.deleteIn([...attributes, 0])),
      'processors.resource.attributes: expected a label experiment_id with a text',
    ],
    [
      'with an unknown variant',
      edited((document) => document.setIn([...attributes, 1, 'value'], 'control')),
      'processors.resource.attributes: expected a label variant with baseline or candidate',
    ],
  ];
  for (const [what, configuration, message] of refusals) {
    test(what, () => {
      expect(() => parseConfiguration(configuration)).toThrow(new ConfigurationError(message));
      expect(() => parseConfiguration(configuration)).toThrow(ConfigurationError);
    });
  }
});

/** The rendered configuration after an edit. */
function edited(change: (document: Document) => void): string {
  const document = parseDocument(rendered);
  change(document);
  return document.toString();
}
