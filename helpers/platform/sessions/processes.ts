import type { ProcessPlan } from '../kernel/supervisor.ts';

export const sessionProcessNames = ['hermes', 'router', 'mail'] as const;
export type SessionProcessName = (typeof sessionProcessNames)[number];

export const sessionPlans: readonly ProcessPlan[] = [
  { name: 'hermes', entry: 'sessions/hermes/main', peers: [] },
  { name: 'router', entry: 'sessions/router/main', peers: [] },
  { name: 'mail', entry: 'sessions/mail/main', peers: [] },
];
/** What runs in the task of a session. */
export const workspaceEntry = 'sessions/workspace/main';
