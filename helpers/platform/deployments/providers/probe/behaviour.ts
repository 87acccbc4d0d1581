import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorAbout, Refusal } from '../../../../terraform/server/index.ts';
import type { Values } from '../../../../terraform/index.ts';

export const behaviours = [
  'succeed',
  'fail',
  'fail after effect',
  'hang',
  'crash',
  'crash after effect',
  'leave an unknown value',
] as const;
export type Behaviour = (typeof behaviours)[number];

/** When a task behaves as it was told. */
export const moments = ['apply', 'plan', 'read', 'delete'] as const;
export type Moment = (typeof moments)[number];

/** What this task does at this moment. */
export function behaviourOf(task: Values, moment: Moment): Behaviour {
  return (task['during'] ?? 'apply') === moment ? ((task['behaviour'] ?? 'succeed') as Behaviour) : 'succeed';
}

/** What it does before its effect. */
export async function before(behaviour: Behaviour): Promise<void> {
  if (behaviour === 'fail') throw new Refusal([errorAbout('behaviour', 'The task was told to fail')]);
  if (behaviour === 'hang') await delay(2 ** 31 - 1);
  if (behaviour === 'crash') crash('before');
}

/** What it does after its effect. @param state what it leaves. */
export function after(behaviour: Behaviour, state: Values): void {
  if (behaviour === 'crash after effect') crash('after');
  if (behaviour === 'fail after effect')
    throw new Refusal([errorAbout('behaviour', 'The task was told to fail after its effect')], state);
}

function crash(when: string): never {
  process.stderr.write(`The task was told to crash ${when} its effect.\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // until the signal arrives
}

/** Floods stderr, announces itself, waits for its gate to open and for its time. Ends early when it is stopped. */
export async function takeTime(task: Values, signal: AbortSignal): Promise<void> {
  const { flood_bytes: flood, announce, gate, duration_ms: duration } = task;
  if (typeof flood === 'number') await floodStderr(flood);
  if (typeof announce === 'string') writeFileSync(announce, String(process.pid));
  try {
    if (typeof gate === 'string') while (!existsSync(gate)) await delay(5, undefined, { signal });
    if (typeof duration === 'number') await delay(duration, undefined, { signal });
  } catch (error) {
    if (signal.aborted) throw new Refusal([errorAbout(undefined, 'The task was interrupted')]);
    throw error;
  }
}

/** Goes on only when the host has read it. */
async function floodStderr(bytes: number): Promise<void> {
  const line = `${'flood '.repeat(170)}\n`;
  for (let written = 0; written < bytes; written += line.length)
    if (!process.stderr.write(line)) await once(process.stderr, 'drain');
}
