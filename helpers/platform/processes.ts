/** A process of the platform. */
export interface ProcessPlan {
  readonly name: string;
  /** The module that it runs, from this folder, without its extension. */
  readonly entry: string;
  /** Names of the processes whose addresses it needs. */
  readonly peers: readonly string[];
}

export const agents = ['agent-1', 'agent-2'] as const;
export const processNames = ['gateway', 'controller', 'config-generator', ...agents] as const;
export type ProcessName = (typeof processNames)[number];

export const plans: readonly ProcessPlan[] = [
  { name: 'gateway', entry: 'experiments/gateway/main', peers: [] },
  { name: 'controller', entry: 'experiments/controller/main', peers: ['config-generator'] },
  { name: 'config-generator', entry: 'experiments/generator/main', peers: [] },
  ...agents.map((name) => ({ name, entry: 'experiments/agent/main', peers: [] })),
];

export const sessionProcessNames = ['hermes', 'router', 'mail'] as const;
export type SessionProcessName = (typeof sessionProcessNames)[number];

export const sessionPlans: readonly ProcessPlan[] = [
  { name: 'hermes', entry: 'sessions/hermes/main', peers: [] },
  { name: 'router', entry: 'sessions/router/main', peers: [] },
  { name: 'mail', entry: 'sessions/mail/main', peers: [] },
];
/** What runs in the task of a session. */
export const workspaceEntry = 'sessions/workspace/main';

export const entries = [...new Set([...plans, ...sessionPlans].map(({ entry }) => entry)), workspaceEntry];
