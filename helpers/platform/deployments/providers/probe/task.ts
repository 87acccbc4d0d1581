import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { unknown, type Value, type Values } from '../../../../terraform/index.ts';
import {
  attribute,
  errorAbout,
  type Operation,
  type Plan,
  type ResourceDefinition,
  schemaOf,
} from '../../../../terraform/server/index.ts';
import { after, before, behaviourOf, behaviours, moments, takeTime } from './behaviour.ts';
import type { Probe } from './probe.ts';

const text = ['map', 'string'] as const;
/** In its working directory: another task that works there at the same time overwrites it. */
const scratch = 'probe.scratch';

const inputs = [
  attribute('name', 'string', 'required'),
  attribute('input', 'string', 'optional', { description: 'Can be changed in place.' }),
  attribute('triggers', text, 'optional', { description: 'Each change of it replaces the task.' }),
  attribute('environment_names', ['list', 'string'], 'optional', { description: 'To be reported; ["*"] for all.' }),
  attribute('duration_ms', 'number', 'optional', { description: 'How long an apply takes.' }),
  attribute('announce', 'string', 'optional', { description: 'A file that an apply writes when it has begun.' }),
  attribute('gate', 'string', 'optional', { description: 'A file that an apply waits for.' }),
  attribute('flood_bytes', 'number', 'optional', { description: 'What an apply writes to stderr.' }),
  attribute('behaviour', 'string', 'optional', { description: behaviours.join(', ') }),
  attribute('during', 'string', 'optional', { description: moments.join(', ') }),
  attribute('idempotency_key', 'string', 'optional computed', { description: 'Chosen by the plan if not given.' }),
];

/** What an apply reports. */
const outputs = [
  attribute('id', 'string', 'computed'),
  attribute('pid', 'number', 'computed'),
  attribute('cwd', 'string', 'computed'),
  attribute('environment', text, 'computed'),
  attribute('marker_at_start', 'string', 'computed'),
  attribute('marker_at_end', 'string', 'computed'),
  attribute('settings_at_start', text, 'computed'),
  attribute('settings_at_end', text, 'computed'),
  attribute('secret_seen', 'string', 'computed', { sensitive: true }),
  attribute('scratch_at_end', 'string', 'computed', { description: 'Its name, unless another has overwritten it.' }),
  attribute('overlap', 'number', 'computed', { description: 'The most applies at once in this process.' }),
  attribute('configured', 'number', 'computed', { description: 'How often this process was configured.' }),
  attribute('applies', 'number', 'computed', { description: 'How many applies this process has begun.' }),
  attribute('updates', 'number', 'computed'),
];
const kept = new Set(['id', 'idempotency_key']);

export function taskOf(probe: Probe): ResourceDefinition {
  return {
    schema: schemaOf(1, ...inputs, ...outputs),

    validate: ({ behaviour, during }) => [
      ...oneOf('behaviour', behaviours, behaviour),
      ...oneOf('during', moments, during),
    ],

    plan: async (change) => {
      await before(behaviourOf(change.config, 'plan'));
      return plan(change.planned, change.prior);
    },

    read: async (state) => {
      await before(behaviourOf(state, 'read'));
      return probe.ledger.has(state['idempotency_key'] as string) ? state : undefined;
    },

    create: (planned, operation) => perform(probe, planned, 0, operation),

    update: (planned, prior, operation) => perform(probe, planned, Number(prior['updates'] ?? 0) + 1, operation),

    delete: async (state, { signal }) => {
      const behaviour = behaviourOf(state, 'delete');
      await before(behaviour);
      if (state['during'] === 'delete') await takeTime(state, signal);
      probe.ledger.delete(state['idempotency_key'] as string);
      after(behaviour, state);
    },

    import: (id) => ({ id, idempotency_key: id, name: id }),

    upgrade: (state) => ({ ...state, idempotency_key: state['idempotency_key'] ?? state['id'] ?? null }),
  };
}

function oneOf(name: string, allowed: readonly string[], value: Value | undefined) {
  if (value === null || allowed.some((known) => known === value)) return [];
  return [errorAbout(name, 'Invalid Attribute Value', `${name} has to be one of: ${allowed.join(', ')}.`)];
}

function plan(planned: Values, prior: Values | undefined): Plan {
  if (prior === undefined)
    return {
      planned: { ...planned, idempotency_key: isGiven(planned['idempotency_key']) ?? randomUUID() },
      requiresReplace: [],
    };
  const isChanged = inputs.some(({ name }) => JSON.stringify(planned[name]) !== JSON.stringify(prior[name]));
  const reports = outputs.filter(({ name }) => !kept.has(name)).map(({ name }) => [name, unknown] as const);
  return {
    planned: isChanged ? { ...planned, ...Object.fromEntries(reports) } : planned,
    requiresReplace: ['triggers', 'idempotency_key', 'name'],
  };
}

function isGiven(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function perform(probe: Probe, task: Values, updates: number, { signal }: Operation): Promise<Values> {
  const behaviour = behaviourOf(task, 'apply');
  return probe.apply(async (overlap) => {
    const { marker, settings, secret, applies } = probe;
    const name = task['name'] as string;
    writeFileSync(scratch, name);
    await before(behaviour);
    await takeTime(task, signal);
    const key = task['idempotency_key'] as string;
    const entry = {
      key,
      name,
      pid: process.pid,
      marker: marker as string | null,
      input: task['input'] as string | null,
    };
    const isRepeated = updates === 0 && !probe.ledger.create({ ...entry, updates });
    if (updates > 0) probe.ledger.update({ ...entry, updates });
    const state: Values = {
      ...task,
      id: key,
      pid: process.pid,
      cwd: process.cwd(),
      environment: environmentOf(task['environment_names']),
      marker_at_start: marker,
      marker_at_end: probe.marker,
      settings_at_start: settings,
      settings_at_end: probe.settings,
      secret_seen: behaviour === 'leave an unknown value' ? unknown : secret,
      scratch_at_end: readFileSync(scratch, 'utf8'),
      overlap: overlap(),
      configured: probe.configured,
      applies,
      updates,
    };
    if (!isRepeated) after(behaviour, state); // so that who asks again after a crash gets an answer
    return state;
  });
}

function environmentOf(names: Value | undefined): Value {
  if (!Array.isArray(names)) return null;
  const wanted = new Set(names);
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => wanted.has('*') || wanted.has(name)),
  ) as Values;
}
