import type { InstanceDescription, HistoryEvent, Message, OrchestrationItem, WorkFetch } from '../store.ts';
import { type Envelope, openEnvelope, statusOf } from './envelopes.ts';

export interface FetchedTurn {
  readonly out_instance_id: string;
  readonly out_orchestration_name: string;
  readonly out_orchestration_version: string;
  readonly out_execution_id: string;
  readonly out_history: readonly HistoryEvent[];
  readonly out_messages: readonly Envelope<Message>[];
  readonly out_lock_token: string;
  readonly out_attempt_count: number;
}

export function itemOf(row: FetchedTurn): OrchestrationItem {
  return {
    instance: row.out_instance_id,
    name: row.out_orchestration_name,
    version: row.out_orchestration_version,
    execution: Number(row.out_execution_id),
    history: row.out_history,
    messages: row.out_messages.map(openEnvelope),
    token: row.out_lock_token,
    attempt: row.out_attempt_count,
  };
}

export interface FetchedWork {
  readonly out_work_item: string;
  readonly out_lock_token: string;
  readonly out_attempt_count: number;
}

export interface Described {
  readonly orchestration_name: string;
  readonly orchestration_version: string;
  readonly parent_instance_id: string | null;
  readonly execution_id: string;
  readonly status: string;
  readonly output: string | null;
  readonly custom_status: string | null;
  readonly custom_status_version: number;
}

export function descriptionOf(instance: string, row: Described): InstanceDescription {
  return {
    instance,
    name: row.orchestration_name,
    version: row.orchestration_version,
    parent: row.parent_instance_id ?? undefined,
    execution: Number(row.execution_id),
    status: statusOf(row.status),
    output: row.output ?? undefined,
    customStatus: row.custom_status ?? undefined,
    customStatusVersion: row.custom_status_version,
  };
}

export function tagMode(tags: WorkFetch['tags'] = { named: [], untagged: true }): string {
  if (tags.named.length === 0) return tags.untagged ? 'default_only' : 'none';
  return tags.untagged ? 'default_and' : 'tags';
}
