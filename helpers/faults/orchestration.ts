export * from './orchestration/management.ts';
export * from './orchestration/turns.ts';
export * from './orchestration/work.ts';
