import { socketUpdates } from '../../fixtures/scenarios/index.ts';
import { lateComment, task } from './task.ts';

socketUpdates({
  ...task,
  path: '/updates',
  message: ({ id }) => ({ type: 'task.created', task: { id } }),
  resume: (last) => `/updates?after=${(last as { seq: number }).seq}`,
  refused: { request: lateComment, message: ({ id }) => ({ type: 'task.commented', task: { id } }) },
});
