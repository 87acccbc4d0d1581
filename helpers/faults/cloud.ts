export * from './cloud/access.ts';
export * from './cloud/answers.ts';
export * from './cloud/requests.ts';
export * from './cloud/tasks.ts';
