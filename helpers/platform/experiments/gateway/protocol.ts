/** The messages between gateway and client over the WebSocket; each is one text frame of JSON. */
import type { EventType } from '../store/events.ts';
import type { ErrorCode } from '../../kernel/http/errors.ts';

/** The path of the gateway's WebSockets. */
export const updatesPath = '/api/v1/ws';

export const channels = ['experiments', 'progress', 'metrics', 'alerts'] as const;
export type Channel = (typeof channels)[number];

/** An event as it is sent. `id` counts the tenant's events from 1, without gaps. */
export interface EventMessage {
  readonly type: EventType;
  readonly id: number;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type ServerMessage =
  | { readonly type: 'authenticated'; readonly tenant_id: string; readonly expires_at: string }
  | { readonly type: 'subscribed'; readonly channels: readonly Channel[]; readonly after: number }
  | { readonly type: 'pong'; readonly timestamp: number | undefined }
  | { readonly type: 'error'; readonly error: { readonly code: ErrorCode; readonly message: string } }
  | EventMessage;

/** Why the gateway closes a connection (application codes of RFC 6455, section 7.4.2, after the HTTP statuses). */
export const closeCode = { unauthenticated: 4401 } as const;
