import type { ProcessPlan } from '../kernel/supervisor.ts';

export const managerPlan: ProcessPlan = { name: 'manager', entry: 'deployments/manager/main', peers: [] };
