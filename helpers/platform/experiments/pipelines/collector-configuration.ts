import { LineCounter, parseDocument, stringify } from 'yaml';
import { ConfigurationError } from './error.ts';
import { checkObject, checkProcessor, checkProcessors, type ProcessorConfig } from './processors.ts';

export interface ConfigurationLabels {
  readonly experiment_id: string;
  readonly variant: 'baseline' | 'candidate';
}

/** A collector's configuration. */
export interface CollectorConfiguration {
  readonly processors: ProcessorConfig[];
  /** Labels of every outgoing point. */
  readonly labels: ConfigurationLabels;
  /** The nodes whose processes it reports. */
  readonly hosts: string[];
  /** The time between two scrapes, for example `10s`. */
  readonly collection_interval: string;
}

export interface ConfigurationSource {
  readonly experimentId: string;
  readonly variant: ConfigurationLabels['variant'];
  /** As users write them. */
  readonly processors: readonly unknown[];
  readonly targetHosts: readonly string[];
  /** The values of `${NAME}` in the processors' texts. */
  readonly variables: Readonly<Record<string, string>>;
  /** A number and ms, s, m or h. */
  readonly collectionInterval: string;
}

const labelProcessor = 'resource';

/**
 * The YAML of a collector's configuration, in OpenTelemetry's format, always readable by {@link parseConfiguration}.
 * @throws ConfigurationError when a variable is unknown, or a value is invalid.
 */
export function renderConfiguration({
  experimentId,
  variant,
  processors,
  targetHosts,
  variables,
  collectionInterval,
}: ConfigurationSource): string {
  const named = resolveProcessors(processors, variables).map(
    ({ type, config }, index) => [`${type}/${index + 1}`, config] as const,
  );
  const label = (key: keyof ConfigurationLabels, value: string) => ({ key, value, action: 'upsert' });
  const text = stringify({
    receivers: {
      hostmetrics: { collection_interval: collectionInterval, hosts: targetHosts, scrapers: { process: {} } },
    },
    processors: {
      ...Object.fromEntries(named),
      [labelProcessor]: { attributes: [label('experiment_id', experimentId), label('variant', variant)] },
    },
    exporters: { clickhouse: {} },
    service: {
      pipelines: {
        metrics: {
          receivers: ['hostmetrics'],
          processors: [...named.map(([name]) => name), labelProcessor],
          exporters: ['clickhouse'],
        },
      },
    },
  });
  parseConfiguration(text);
  return text;
}

/**
 * Processors as a user wrote them, with their variables replaced.
 * @throws ConfigurationError naming the first mistake: an invalid processor, an unknown variable, or an empty result.
 */
export function resolveProcessors(
  processors: readonly unknown[],
  variables: Readonly<Record<string, string>>,
): ProcessorConfig[] {
  return checkProcessors(
    checkProcessors(processors).map((processor, index) =>
      replaceVariables(processor, variables, `processors[${index}]`),
    ),
  );
}

/**
 * Reads a collector's configuration; only the components that its pipeline lists count, in that order.
 * @throws ConfigurationError naming the place of the mistake, by line or by path.
 */
export function parseConfiguration(text: string): CollectorConfiguration {
  const root = checkObject('configuration', parseYaml(text));
  const service = checkObject('service', root['service']);
  const pipelines = checkObject('service.pipelines', service['pipelines']);
  const metrics = checkObject('service.pipelines.metrics', pipelines['metrics']);
  const listed = (kind: string) => listedComponents(root, metrics, kind);

  const hostMetrics = listed('receivers').find(([name]) => name === 'hostmetrics');
  if (hostMetrics === undefined)
    throw new ConfigurationError('service.pipelines.metrics.receivers: expected "hostmetrics"');
  const receiver = checkObject('receivers.hostmetrics', hostMetrics[1]);
  const interval = receiver['collection_interval'];
  if (typeof interval !== 'string' || !/^[1-9]\d*(ms|s|m|h)$/.test(interval))
    throw new ConfigurationError('receivers.hostmetrics.collection_interval: expected a duration such as 10s');
  listed('exporters');

  const components = listed('processors');
  const labels = components.find(([name]) => name === labelProcessor);
  if (labels === undefined)
    throw new ConfigurationError(
      `service.pipelines.metrics.processors: expected "${labelProcessor}", which adds the labels experiment_id and variant`,
    );
  return {
    processors: components
      .filter((component) => component !== labels)
      .map(([name, config]) =>
        checkProcessor(name.replace(/\/.*$/s, ''), config, `processors.${name}`, `processors.${name}`),
      ),
    labels: readLabels(labels[1]),
    hosts: checkTexts('receivers.hostmetrics.hosts', receiver['hosts']),
    collection_interval: interval,
  };
}

function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const what = error.code === 'MULTIPLE_DOCS' ? 'more than one document' : error.message;
    throw new ConfigurationError(`line ${lines.linePos(error.pos[0]).line}: invalid YAML, ${what}`);
  }
  try {
    return document.toJS();
  } catch (thrown) {
    // An alias that leads nowhere, or expands the document excessively.
    throw new ConfigurationError(`configuration: invalid YAML, ${(thrown as Error).message}`);
  }
}

/** The components of a kind that the pipeline lists, with their definitions. */
function listedComponents(
  root: Readonly<Record<string, unknown>>,
  metrics: Readonly<Record<string, unknown>>,
  kind: string,
): (readonly [name: string, definition: unknown])[] {
  const where = `service.pipelines.metrics.${kind}`;
  const names = checkTexts(where, metrics[kind]);
  const definitions = checkObject(kind, root[kind]);
  return names.map((name, index) => {
    if (names.indexOf(name) !== index) throw new ConfigurationError(`${where}: "${name}" is listed twice`);
    if (!Object.hasOwn(definitions, name))
      throw new ConfigurationError(`${where}: "${name}" is listed but not defined`);
    return [name, definitions[name]];
  });
}

function readLabels(definition: unknown): ConfigurationLabels {
  const where = `processors.${labelProcessor}`;
  const { attributes } = checkObject(where, definition);
  if (!Array.isArray(attributes)) throw new ConfigurationError(`${where}.attributes: expected a list`);
  const labels = new Map(
    attributes.map((attribute: unknown, index) => {
      const { key, value } = checkObject(`${where}.attributes[${index}]`, attribute);
      return [key, value];
    }),
  );
  const experiment_id = labels.get('experiment_id');
  const variant = labels.get('variant');
  if (typeof experiment_id !== 'string' || experiment_id === '')
    throw new ConfigurationError(`${where}.attributes: expected a label experiment_id with a text`);
  if (variant !== 'baseline' && variant !== 'candidate')
    throw new ConfigurationError(`${where}.attributes: expected a label variant with baseline or candidate`);
  return { experiment_id, variant };
}

function checkTexts(where: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string' && item !== ''))
    throw new ConfigurationError(`${where}: expected a list of texts`);
  return value as string[];
}

/** Names of fields are not replaced, and replaced texts are not searched again. */
function replaceVariables(value: unknown, variables: Readonly<Record<string, string>>, where: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
      if (!Object.hasOwn(variables, name)) throw new ConfigurationError(`${where}: unknown variable "${name}"`);
      return variables[name]!;
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => replaceVariables(item, variables, `${where}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaceVariables(item, variables, `${where}.${name}`)]),
  );
}
