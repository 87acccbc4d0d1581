export * from './deployments/processes.ts';
export * from './deployments/state.ts';
export * from './deployments/surroundings.ts';
export * from './deployments/tenants.ts';
