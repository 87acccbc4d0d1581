import type { ExecutionStatus, HistoryEvent, Message, Turn, WorkItem } from '../store.ts';

/*
 * The JSON that duroxide's procedures look into. What they do not know of, the whole object of the contract, is carried
 * in `ours`, and comes back unchanged.
 */

/** One key, the variant, with the fields that the procedures read. */
export type Envelope<Ours> = Readonly<Record<string, { readonly ours: Ours; readonly [field: string]: unknown }>>;

const variants = {
  start: 'StartOrchestration',
  completion: 'ActivityCompleted',
  timer: 'TimerFired',
  event: 'ExternalRaised',
  cancel: 'CancelInstance',
} as const satisfies Record<Message['kind'], string>;

export function messageEnvelope(message: Message): Envelope<Message> {
  const { instance, kind, name, version, execution, id } = message;
  const started = kind === 'start' ? { orchestration: name, version } : { name };
  return { [variants[kind]]: { instance, ...started, execution_id: execution, id, ours: message } };
}

/** In a turn only timers can be late, so whatever is delayed is sent as one; `fireAt` is in milliseconds since 1970. */
export function timerEnvelope(message: Message, fireAt: number): Envelope<Message> {
  const { instance, execution, id } = message;
  const timer = { instance, execution_id: execution, id, fire_at_ms: fireAt, ours: message };
  return { [variants.timer]: timer };
}

export function workEnvelope(item: WorkItem): Envelope<WorkItem> {
  const { instance, execution, activity, name, session, tag } = item;
  const ours = { instance, execution_id: execution, id: activity, name, session_id: session, tag, ours: item };
  return { ActivityExecute: ours };
}

export function openEnvelope<Ours>(envelope: Envelope<Ours>): Ours {
  return Object.values(envelope)[0]!.ours;
}

export function eventRow(event: HistoryEvent) {
  return { event_id: event.id, event_type: event.kind, event_data: JSON.stringify(event) };
}

const statuses = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  continuedAsNew: 'ContinuedAsNew',
} as const satisfies Record<ExecutionStatus, string>;

export function statusOf(stored: string): ExecutionStatus {
  return (Object.keys(statuses) as ExecutionStatus[]).find((status) => statuses[status] === stored)!;
}

export function metadataRow({ metadata = {} }: Turn) {
  const { name, version, parent, engine, status, output, customStatus } = metadata;
  return {
    // Without a version it would create no instance.
    ...(name === undefined ? {} : { orchestration_name: name, orchestration_version: version ?? '' }),
    parent_instance_id: parent,
    ...(status === undefined ? {} : { status: statuses[status], output }),
    ...(engine === undefined ? {} : { pinned_duroxide_version: { major: 0, minor: 0, patch: engine } }),
    ...(customStatus === undefined
      ? {}
      : { custom_status_action: customStatus === null ? 'clear' : 'set', custom_status_value: customStatus }),
  };
}
