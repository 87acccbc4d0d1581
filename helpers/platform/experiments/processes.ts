import type { ProcessPlan } from '../kernel/supervisor.ts';

export const agents = ['agent-1', 'agent-2'] as const;
export const processNames = ['gateway', 'controller', 'config-generator', ...agents] as const;
export type ProcessName = (typeof processNames)[number];

export const plans: readonly ProcessPlan[] = [
  { name: 'gateway', entry: 'experiments/gateway/main', peers: [] },
  { name: 'controller', entry: 'experiments/controller/main', peers: ['config-generator'] },
  { name: 'config-generator', entry: 'experiments/generator/main', peers: [] },
  ...agents.map((name) => ({ name, entry: 'experiments/agent/main', peers: [] })),
];
