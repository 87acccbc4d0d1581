import type { Consistency, Created, Scenario } from '../../fixtures/scenarios/index.ts';

/** What every scenario is told of tasks. */
export const task = {
  thing: 'task',
  create: (as, number) => as.post('/tasks', { title: `water plant ${number}`, description: 'all of them' }),
  read: (as, { id }) => as.get(`/tasks/${id}`),
} satisfies Scenario;

/** A comment on a task that is done, which is refused. */
export const lateComment: NonNullable<Consistency['refuse']> = async (as, { id, version }) => {
  await as.patch(`/tasks/${id}`, { version, status: 'done' });
  return as.post(`/tasks/${id}/comments`, { text: 'too late' });
};

/** Whether the worker has counted its words. */
export const isIndexed = ({ words }: Created): boolean => words === 6;
