import { tenantIsolation } from '../../fixtures/scenarios/index.ts';
import { task } from './task.ts';

tenantIsolation({
  ...task,
  list: (as) => as.get('/tasks'),
  change: (as, { id, version }) => as.patch(`/tasks/${id}`, { version, title: 'changed' }),
  remove: (as, { id }) => as.delete(`/tasks/${id}`),
});
