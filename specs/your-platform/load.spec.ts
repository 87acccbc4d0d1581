import { loadTargets } from '../../fixtures/scenarios/index.ts';

loadTargets({
  method: 'POST',
  path: '/tasks',
  body: (number: number) => ({ title: `task ${number}` }),
  clients: 20,
  requests: 160,
  p95: 1_000, // on a laptop that does something else, too
  table: 'tasks',
  neighbour: { request: (as) => as.get('/tasks'), p95: 500 },
});
