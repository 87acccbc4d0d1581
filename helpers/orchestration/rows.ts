import { compact, Decoder, encode } from './bodies.ts';
import type { HistoryEvent, LockedWorkItem, Message, OrchestrationItem, WorkItem } from './store.ts';

/** Id, kind and body. */
export type StoredEvent = readonly [id: number, kind: string, body: string];
/** All fields but the data, and the body. */
export type StoredMessage = readonly [fields: Omit<Message, 'data'>, body: string];

export type StoredWork = { readonly [Key in keyof Omit<WorkItem, 'input'>]: WorkItem[Key] | null } & {
  readonly body: string;
};

/** What a fetch has locked; name and version are null before the first turn. */
export interface FetchedTurn {
  readonly instance: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly execution: number;
  readonly history: readonly StoredEvent[] | null;
  readonly messages: readonly StoredMessage[] | null;
  readonly attempt: number;
}

export type FetchedWork = StoredWork & { readonly attempt: number };

export function orchestrationItemOf(row: FetchedTurn, token: string): OrchestrationItem {
  const { instance, execution, attempt } = row;
  const decoder = new Decoder();
  const messages = (row.messages ?? []).map((message) => messageOf(message, decoder));
  const start = messages.find(({ kind }) => kind === 'start');
  const name = row.name ?? start?.name ?? '';
  const version = row.version ?? start?.version ?? '';
  const history = eventsOf(row.history, decoder);
  return { instance, name, version, execution, history, messages, token, attempt, ...damageOf(decoder) };
}

export function lockedWorkItemOf(row: FetchedWork, token: string): LockedWorkItem {
  const decoder = new Decoder();
  return { item: workOf(row, decoder), token, attempt: row.attempt, ...damageOf(decoder) };
}

const damageOf = ({ damage }: Decoder) => (damage === undefined ? {} : { damage });

export function messageRow({ data, ...fields }: Message) {
  return { instance: fields.instance, kind: fields.kind, fields, body: encode(data) };
}

function messageOf([fields, body]: StoredMessage, decoder: Decoder): Message {
  return compact<Message>({ ...fields, data: decoder.decode(body, 'A message') });
}

export function workRow({ input, ...fields }: WorkItem) {
  return { ...fields, body: encode(input) };
}

function workOf(row: StoredWork, decoder: Decoder): WorkItem {
  const { instance, execution, activity, name, session, tag, body } = row;
  return compact<WorkItem>({
    instance,
    execution,
    activity,
    name,
    session,
    tag,
    input: decoder.decode(body, 'The input'),
  });
}

export function eventRows(events: readonly HistoryEvent[]): StoredEvent[] {
  return events.map(({ id, kind, data }) => [id, kind, encode(data)]);
}

export function eventsOf(rows: readonly StoredEvent[] | null, decoder: Decoder): HistoryEvent[] {
  return (rows ?? []).map(([id, kind, body]) =>
    compact<HistoryEvent>({ id, kind, data: decoder.decode(body, `Event ${id}`) }),
  );
}
