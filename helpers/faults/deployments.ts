export * from './deployments/provider-processes.ts';
export * from './deployments/state.ts';
export * from './deployments/surroundings.ts';
export * from './deployments/tenants.ts';
