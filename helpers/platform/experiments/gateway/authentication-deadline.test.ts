import { EventEmitter } from 'node:events';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { expect, test } from '../../../testing/index.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import { Connection } from './live-connection.ts';
import { gatewayParts } from './parts.ts';

/** Milliseconds within which a client has to authenticate. */
const authentication = 2;
/** Milliseconds; a timer of so many ends after those of a connection that were started before it. */
const later = 20;

/** Why a connection is closed whose client sends tokens that are valid for so many milliseconds, one after another. */
async function closedBecause(...lifetimes: number[]): Promise<string[]> {
  const reasons: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    pause: () => undefined,
    resume: () => undefined,
    send: (_text: string, sent: () => void) => sent(),
    close: (_code: number, reason: string) => reasons.push(reason),
  });
  const claims = { user_id: 'ana', email: 'ana@example.com', roles: [], tenant_id: 'ana' };
  void new Connection(socket as unknown as WebSocket, {
    pool: {} as Queryable,
    tokens: { verify: (lifetime) => ({ ...claims, exp: (Date.now() + Number(lifetime)) / 1000 }) },
    parts: gatewayParts,
    configuration: { times: { authentication } },
  });
  for (const lifetime of lifetimes) socket.emit('message', JSON.stringify({ type: 'auth', token: String(lifetime) }));
  await turn(); // by then they are answered
  await delay(later);
  socket.emit('close');
  return reasons;
}

test('a connection is closed when its newest token expires, and not when an earlier one does', async () => {
  expect(await closedBecause()).toEqual(['not authenticated in time']);
  expect(await closedBecause(5)).toEqual(['the token has expired']);
  expect(await closedBecause(5, 60_000)).toEqual([]);
});
