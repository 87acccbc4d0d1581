import { Ajv } from 'ajv';
import { Type, type Static } from 'typebox';
import type { EventType, RecordedEvent } from '../store/events.ts';
import { experimentFormats as formats } from '../http/formats.ts';
import { type Channel, channels, type EventMessage } from './protocol.ts';

const channelOf: Readonly<Record<EventType, Channel>> = {
  'experiment.state_changed': 'experiments',
  'progress.update': 'progress',
  'metrics.update': 'metrics',
  'alert.triggered': 'alerts',
};

const strict = { additionalProperties: false } as const;

const Authenticate = Type.Object({ type: Type.Literal('auth'), token: Type.String() }, strict);
const Subscribe = Type.Object(
  {
    type: Type.Literal('subscribe'),
    channels: Type.Array(Type.Enum(channels), { minItems: 1 }),
    filters: Type.Optional(
      Type.Object(
        { experiment_id: Type.Optional(Type.String({ format: 'uuid' })), tenant_id: Type.Optional(Type.String()) },
        strict,
      ),
    ),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'The number of the last event that the client has: it goes on from there.',
      }),
    ),
  },
  strict,
);
export type Subscribe = Static<typeof Subscribe>;
const Ping = Type.Object({ type: Type.Literal('ping'), timestamp: Type.Optional(Type.Number()) }, strict);

const ClientMessage = Type.Union([Authenticate, Subscribe, Ping]);
export type ClientMessage = Static<typeof ClientMessage>;

const isClientMessage = new Ajv({ strict: false, formats }).compile<ClientMessage>(ClientMessage);

/** Undefined when it is not a valid message. */
export function parseMessage(text: string): ClientMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isClientMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

export function isWanted({ channels: wanted, filters }: Subscribe, event: RecordedEvent): boolean {
  return (
    wanted.includes(channelOf[event.type]) &&
    (filters?.experiment_id === undefined || filters.experiment_id.toLowerCase() === event.experimentId)
  );
}

export function presentEvent({ number, type, at, experimentId, data }: RecordedEvent): EventMessage {
  return { type, id: number, timestamp: at.toISOString(), data: { experiment_id: experimentId, ...data } };
}
