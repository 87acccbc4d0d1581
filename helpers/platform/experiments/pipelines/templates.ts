import { type ProcessorConfig, processorDefaults } from './processors.ts';

/** A number or a text of a template's processors that another pipeline may set differently. */
export interface TemplateParameter {
  readonly name: string;
  readonly description: string;
  readonly value: number | string | readonly string[];
}

/** A named pipeline. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly parameters: readonly TemplateParameter[];
  /** The reduction of the baseline's series in percent, on hosts with a realistic mix of at least twenty processes. */
  readonly estimated_reduction: { readonly from: number; readonly to: number };
  readonly processors: readonly ProcessorConfig[];
}

const { aggregate, topk, adaptive } = processorDefaults;
const minPriority = 'high';

export const templates: readonly Template[] = [
  {
    id: 'process-baseline-v1',
    name: 'Process baseline',
    version: '1.0.0',
    description: 'Reports every process: what the others are compared with.',
    category: 'baseline',
    tags: ['process', 'baseline'],
    parameters: [],
    estimated_reduction: { from: 0, to: 0 },
    processors: [],
  },
  {
    id: 'process-aggregated-v1',
    name: 'Process aggregation',
    version: '1.0.0',
    description: 'Reports low-priority processes as one for each category.',
    category: 'aggregation',
    tags: ['process', 'aggregate'],
    parameters: [
      {
        name: 'max_priority',
        description: 'The highest priority that is reported by category',
        value: aggregate.max_priority,
      },
    ],
    estimated_reduction: { from: 30, to: 50 },
    processors: [{ type: 'aggregate', config: aggregate }],
  },
  {
    id: 'process-priority-filter-v1',
    name: 'Process priority filter',
    version: '1.0.0',
    description: 'Reports processes of high and critical priority.',
    category: 'filtering',
    tags: ['process', 'filter', 'priority'],
    parameters: [{ name: 'min_priority', description: 'The lowest priority that is reported', value: minPriority }],
    estimated_reduction: { from: 40, to: 60 },
    processors: [{ type: 'filter', config: { min_priority: minPriority } }],
  },
  {
    id: 'process-topk-v1',
    name: 'Top processes',
    version: '1.0.0',
    description: 'Reports processes that use much CPU or memory, and databases, web servers and runtimes.',
    category: 'filtering',
    tags: ['process', 'filter', 'topk'],
    parameters: [
      { name: 'cpu_above', description: 'CPU in percent above which a process is reported', value: topk.cpu_above },
      { name: 'memory_above', description: 'Memory in MB above which a process is reported', value: topk.memory_above },
      {
        name: 'keep_categories',
        description: 'Categories that are reported whatever they use',
        value: topk.keep_categories,
      },
    ],
    estimated_reduction: { from: 60, to: 80 },
    processors: [{ type: 'topk', config: topk }],
  },
  {
    id: 'process-adaptive-filter-v1',
    name: 'Adaptive process filter',
    version: '1.0.0',
    description: 'Reports critical processes, and others that use more the more processes there are.',
    category: 'filtering',
    tags: ['process', 'filter', 'adaptive'],
    parameters: [
      {
        name: 'min_cpu',
        description: 'CPU in percent from which a process is reported where ten run; more where more do',
        value: adaptive.min_cpu,
      },
      {
        name: 'min_memory',
        description: 'Memory in MB from which a process is reported where ten run; more where more do',
        value: adaptive.min_memory,
      },
      {
        name: 'min_priority',
        description: 'The lowest priority that is reported whatever it uses',
        value: adaptive.min_priority,
      },
    ],
    estimated_reduction: { from: 70, to: 90 },
    processors: [{ type: 'adaptive', config: adaptive }],
  },
];

export function findTemplate(id: string): Template | undefined {
  return templates.find((template) => template.id === id);
}
