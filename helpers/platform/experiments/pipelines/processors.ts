import { ConfigurationError } from './error.ts';
import { priorities, type Priority } from './host-inventory.ts';

/** Keeps processes that match any of the given rules. Without a rule it keeps all that are not excluded. */
export interface FilterConfig {
  /** Rule: the name matches one of these; `*` stands for any characters, or none. */
  readonly include_patterns?: readonly string[];
  /** No rule: matching processes are dropped, whatever the rules are. */
  readonly exclude_patterns?: readonly string[];
  /** Rule: has at least this priority. */
  readonly min_priority?: Priority;
  /** Rule: uses at least this much CPU (percent). */
  readonly min_cpu?: number;
  /** Rule: uses at least this much memory (MB). */
  readonly min_memory?: number;
  /** Rule: is of one of these categories. */
  readonly keep_categories?: readonly string[];
}

/** On each node, merges all processes of a category up to this priority into one. */
export interface AggregateConfig {
  /** Default `low`. */
  readonly max_priority?: Priority;
}

/** Keeps processes that use more CPU or memory than this, or are of one of these categories. */
export interface TopKConfig {
  /** Percent; default 5. */
  readonly cpu_above?: number;
  /** MB; default 100. */
  readonly memory_above?: number;
  /** Default database, web and runtime. */
  readonly keep_categories?: readonly string[];
}

/**
 * Keeps processes with high usage or priority. The thresholds rise with the number of processes on the node: they hold
 * for up to ten, and are multiplied by the decimal logarithm of the number beyond that.
 */
export interface AdaptiveConfig {
  /** Percent, for ten processes; default 5. */
  readonly min_cpu?: number;
  /** MB, for ten processes; default 120. */
  readonly min_memory?: number;
  /** Kept whatever its usage; default `critical`. */
  readonly min_priority?: Priority;
}

export interface ProcessorConfigs {
  readonly filter: FilterConfig;
  readonly aggregate: AggregateConfig;
  readonly topk: TopKConfig;
  readonly adaptive: AdaptiveConfig;
}

export type ProcessorType = keyof ProcessorConfigs;

/** One step of a pipeline, as users write it. */
export type ProcessorConfig = {
  readonly [Type in ProcessorType]: { readonly type: Type; readonly config: ProcessorConfigs[Type] };
}[ProcessorType];

/** Defaults for missing fields. */
export const processorDefaults = {
  aggregate: { max_priority: 'low' },
  topk: { cpu_above: 5, memory_above: 100, keep_categories: ['database', 'web', 'runtime'] },
  adaptive: { min_cpu: 5, min_memory: 120, min_priority: 'critical' },
} as const satisfies { readonly [Type in Exclude<ProcessorType, 'filter'>]: Required<ProcessorConfigs[Type]> };

/** What a field must be, in words, and the check. */
interface Field {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const text: Field = {
  expected: 'a text',
  accepts: (value) => typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0'),
}; // storable texts
const texts: Field = {
  expected: 'a list of texts',
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(text.accepts),
};
const quantity: Field = {
  expected: 'a number from 0 up',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};
const priority: Field = {
  expected: `one of ${priorities.join(', ')}`,
  accepts: (value) => priorities.some((known) => known === value),
};

const fields: { readonly [Type in ProcessorType]: Readonly<Record<keyof ProcessorConfigs[Type], Field>> } = {
  filter: {
    include_patterns: texts,
    exclude_patterns: texts,
    min_priority: priority,
    min_cpu: quantity,
    min_memory: quantity,
    keep_categories: texts,
  },
  aggregate: { max_priority: priority },
  topk: { cpu_above: quantity, memory_above: quantity, keep_categories: texts },
  adaptive: { min_cpu: quantity, min_memory: quantity, min_priority: priority },
};

/** Validates processors without converting a field. @throws ConfigurationError naming the first mistake. */
export function checkProcessors(value: unknown): ProcessorConfig[] {
  if (!Array.isArray(value)) throw new ConfigurationError('processors: expected a list');
  return value.map((item: unknown, index) => {
    const where = `processors[${index}]`;
    const { type, config } = checkFields(where, item, ['type', 'config']);
    if (!text.accepts(type)) throw new ConfigurationError(`${where}.type: expected a text`);
    return checkProcessor(type as string, config, `${where}.type`, `${where}.config`);
  });
}

/** Validates one processor; the last two parameters name its type and configuration in messages. */
export function checkProcessor(type: string, config: unknown, typeAt: string, configAt: string): ProcessorConfig {
  if (!Object.hasOwn(fields, type))
    throw new ConfigurationError(
      `${typeAt}: unknown processor type "${type}", known are ${Object.keys(fields).join(', ')}`,
    );
  const known: Readonly<Record<string, Field>> = fields[type as ProcessorType];
  for (const [name, value] of Object.entries(checkFields(configAt, config, Object.keys(known)))) {
    const { expected, accepts } = known[name]!;
    if (!accepts(value)) throw new ConfigurationError(`${configAt}.${name}: expected ${expected}`);
  }
  return { type, config } as ProcessorConfig;
}

export function checkFields(
  where: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const object = checkObject(where, value);
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ConfigurationError(`${where}.${unknown}: unknown field, known are ${known.join(', ')}`);
  return object;
}

export function checkObject(where: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigurationError(`${where}: expected an object`);
  return value as Readonly<Record<string, unknown>>;
}
