import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '../../../testing/session-parts.ts';
import { noteUse, pause } from './web-socket-use.ts';

for (const [what, data] of [
  // The head of a frame with a length of 64 bits (RFC 6455, section 5.2).
  ['a message of more than 64 KiB', [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]],
  ['what is no message', [0xff, 0xff]],
] as const)
  test(`${what} counts as use, and so does all that follows it`, async ({ routerParts: { use } }) => {
    const socket = new EventEmitter();
    let now = 0;
    let touched = 0;
    const touch = () => Promise.resolve(touched++);
    noteUse(socket as Socket, use, touch, () => now);
    socket.emit('pipe');
    const afterData = async (): Promise<number> => {
      socket.emit('data', Buffer.from(data));
      await setImmediate();
      return touched;
    };
    expect(await afterData()).toBe(1);
    expect(await afterData(), 'at once').toBe(1);
    now += pause;
    expect(await afterData(), 'after a pause').toBe(2);
  });
