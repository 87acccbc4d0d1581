import { compileGlob } from './glob.ts';
import { type Priority, priorities } from './host-inventory.ts';
import {
  type AdaptiveConfig,
  type AggregateConfig,
  type FilterConfig,
  type ProcessorConfig,
  processorDefaults,
  type TopKConfig,
} from './processors.ts';
import type { ProcessSample } from './simulation.ts';

/** One value of a series, which is identified by node, process and metric name. */
export interface Point {
  readonly node: string;
  readonly process: string;
  readonly metric: 'process.cpu.utilization' | 'process.memory.usage';
  readonly value: number;
}

export interface PipelineResult {
  /** Two for each remaining sample. */
  readonly points: Point[];
  /** A model of its latency: one unit for each sample that a processor receives, ten for each outgoing point. */
  readonly work: number;
  /** Malformed samples: a value that is no number, not finite or negative. They are dropped before any processor. */
  readonly errors: number;
}

export interface Pipeline {
  run(samples: readonly ProcessSample[]): PipelineResult;
}

type Samples = readonly ProcessSample[];
type Step = (samples: Samples) => Samples;
type Rule = (sample: ProcessSample) => boolean;

const exportCost = 10;

/** A pipeline without state between two runs. */
export function compilePipeline(processors: readonly ProcessorConfig[]): Pipeline {
  const steps = processors.map(compileProcessor);
  return {
    run(samples) {
      const wellFormed = samples.filter(({ cpu, memory }) => isQuantity(cpu) && isQuantity(memory));
      let work = 0;
      let left: Samples = wellFormed;
      for (const step of steps) {
        work += left.length;
        left = step(left);
      }
      const points: Point[] = [];
      for (const { node, process, cpu, memory } of left) {
        points.push(
          { node, process, metric: 'process.cpu.utilization', value: cpu },
          { node, process, metric: 'process.memory.usage', value: memory },
        );
      }
      return { points, work: work + points.length * exportCost, errors: samples.length - wellFormed.length };
    },
  };
}

function compileProcessor(processor: ProcessorConfig): Step {
  switch (processor.type) {
    case 'filter':
      return filter(processor.config);
    case 'aggregate':
      return aggregate({ ...processorDefaults.aggregate, ...processor.config });
    case 'topk':
      return topK({ ...processorDefaults.topk, ...processor.config });
    case 'adaptive':
      return adaptive({ ...processorDefaults.adaptive, ...processor.config });
  }
}

function filter({
  include_patterns,
  exclude_patterns,
  min_priority,
  min_cpu,
  min_memory,
  keep_categories,
}: FilterConfig): Step {
  const rules: Rule[] = [];
  if (include_patterns !== undefined) rules.push(isNamed(include_patterns));
  if (min_priority !== undefined) rules.push(isAtLeast(min_priority));
  if (min_cpu !== undefined) rules.push(({ cpu }) => cpu >= min_cpu);
  if (min_memory !== undefined) rules.push(({ memory }) => memory >= min_memory);
  if (keep_categories !== undefined) rules.push(isOf(keep_categories));
  const isExcluded = isNamed(exclude_patterns ?? []);
  const isKept: Rule = rules.length === 0 ? () => true : any(...rules);
  return (samples) => samples.filter((sample) => !isExcluded(sample) && isKept(sample));
}

function aggregate({ max_priority }: Required<AggregateConfig>): Step {
  const rank = priorities.indexOf(max_priority);
  return (samples) => {
    const left: ProcessSample[] = [];
    const groups = new Map<string, ProcessSample>();
    for (const sample of samples) {
      const { node, category, cpu, memory } = sample;
      if (priorities.indexOf(sample.priority) < rank) {
        left.push(sample);
        continue;
      }
      const key = JSON.stringify([node, category]);
      const group = groups.get(key);
      groups.set(key, {
        node,
        process: `category:${category}`,
        category,
        priority: max_priority,
        cpu: (group?.cpu ?? 0) + cpu,
        memory: (group?.memory ?? 0) + memory,
      });
    }
    return [...left, ...groups.values()];
  };
}

function topK({ cpu_above, memory_above, keep_categories }: Required<TopKConfig>): Step {
  const isKept = any(
    ({ cpu }) => cpu > cpu_above,
    ({ memory }) => memory > memory_above,
    isOf(keep_categories),
  );
  return (samples) => samples.filter(isKept);
}

/** A collector runs on one node, so it adapts to the number of processes there. */
function adaptive({ min_cpu, min_memory, min_priority }: Required<AdaptiveConfig>): Step {
  const isImportant = isAtLeast(min_priority);
  return (samples) => {
    const counts = new Map<string, number>();
    for (const { node } of samples) counts.set(node, (counts.get(node) ?? 0) + 1);
    const factors = new Map([...counts].map(([node, count]) => [node, Math.max(1, Math.log10(count))]));
    return samples.filter((sample) => {
      const factor = factors.get(sample.node)!;
      return isImportant(sample) || sample.cpu >= min_cpu * factor || sample.memory >= min_memory * factor;
    });
  };
}

const isQuantity = (value: number): boolean => Number.isFinite(value) && value >= 0;

const any =
  (...rules: Rule[]): Rule =>
  (sample) =>
    rules.some((rule) => rule(sample));

function isAtLeast(lowest: Priority): Rule {
  const rank = priorities.indexOf(lowest);
  return ({ priority }) => priorities.indexOf(priority) <= rank;
}

function isOf(categories: readonly string[]): Rule {
  const known = new Set(categories);
  return ({ category }) => known.has(category);
}

function isNamed(patterns: readonly string[]): Rule {
  const globs = patterns.map(compileGlob);
  return ({ process }) => globs.some((matches) => matches(process));
}
