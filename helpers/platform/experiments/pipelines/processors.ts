import { ConfigurationError } from './error.ts';
import { priorities, type Priority } from './host-inventory.ts';

/** Keeps a process that any of the rules given holds for. Without a rule it keeps all but what is excluded. */
export interface FilterConfig {
  /** Rule: the name matches one of these; `*` stands for any characters, or none. */
  readonly include_patterns?: readonly string[];
  /** No rule: what matches one of these goes, whatever the rules say. */
  readonly exclude_patterns?: readonly string[];
  /** Rule: of this priority or a higher one. */
  readonly min_priority?: Priority;
  /** Rule: uses so much CPU (percent) or more. */
  readonly min_cpu?: number;
  /** Rule: uses so much memory (MB) or more. */
  readonly min_memory?: number;
  /** Rule: is of one of these categories. */
  readonly keep_categories?: readonly string[];
}

/** On each node, makes one process out of all of a category that are not more important than this. */
export interface AggregateConfig {
  /** Default `low`. */
  readonly max_priority?: Priority;
}

/** Keeps what uses more CPU or more memory than this, or is of one of these categories. */
export interface TopKConfig {
  /** Percent; default 5. */
  readonly cpu_above?: number;
  /** MB; default 100. */
  readonly memory_above?: number;
  /** Default database, web and runtime. */
  readonly keep_categories?: readonly string[];
}

/**
 * Keeps what uses much, and what is important. What counts as much rises with the number of processes on the node:
 * each threshold holds for up to ten, and is multiplied by the decimal logarithm of the number from there on.
 */
export interface AdaptiveConfig {
  /** Percent, for ten processes; default 5. */
  readonly min_cpu?: number;
  /** MB, for ten processes; default 120. */
  readonly min_memory?: number;
  /** Kept whatever it uses; default `critical`. */
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

/** What a processor does where its configuration says nothing. */
export const processorDefaults = {
  aggregate: { max_priority: 'low' },
  topk: { cpu_above: 5, memory_above: 100, keep_categories: ['database', 'web', 'runtime'] },
  adaptive: { min_cpu: 5, min_memory: 120, min_priority: 'critical' },
} as const satisfies { readonly [Type in Exclude<ProcessorType, 'filter'>]: Required<ProcessorConfigs[Type]> };

/** What a field has to be, in words, and whether a value is that. */
interface Field {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const text: Field = {
  expected: 'a text',
  accepts: (value) => typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0'),
}; // which a store can hold
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

/**
 * Takes what a user wrote for what it is, or not at all: no field is guessed, dropped or converted.
 * @throws ConfigurationError naming the first place that is wrong.
 */
export function checkProcessors(value: unknown): ProcessorConfig[] {
  if (!Array.isArray(value)) throw new ConfigurationError('processors: expected a list');
  return value.map((item: unknown, index) => {
    const where = `processors[${index}]`;
    const { type, config } = checkFields(where, item, ['type', 'config']);
    if (!text.accepts(type)) throw new ConfigurationError(`${where}.type: expected a text`);
    return checkProcessor(type as string, config, `${where}.type`, `${where}.config`);
  });
}

/** The same for one processor, of which type and configuration stand in these places. */
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
