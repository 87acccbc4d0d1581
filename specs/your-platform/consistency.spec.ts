import { consistency } from '../../fixtures/scenarios/index.ts';
import { isIndexed, lateComment, task } from './task.ts';

consistency({
  ...task,
  list: (as) => as.get('/tasks?limit=100'),
  lasting: ({ title, description, status, created_at }) => ({ title, description, status, created_at }),
  change: (as, { id, version }, number) => as.patch(`/tasks/${id}`, { version, title: `change ${number}` }),
  add: {
    request: (as, { id }, number) => as.post(`/tasks/${id}/comments`, { text: `comment ${number}` }),
    count: ({ comments }) => comments,
  },
  repeat: (as, key) => as.post('/tasks', { title: 'once' }, { headers: { 'idempotency-key': key } }),
  refuse: lateComment,
  settled: isIndexed,
});
