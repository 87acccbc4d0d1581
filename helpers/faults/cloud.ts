export * from './cloud/access.ts';
export * from './cloud/requests.ts';
export * from './cloud/tasks.ts';
