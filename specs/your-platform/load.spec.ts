import { loadTargets } from '../../fixtures/scenarios/index.ts';

loadTargets({
  method: 'POST',
  path: '/tasks',
  body: (number: number) => ({ title: `task ${number}` }),
  clients: 20,
  requests: 160,
  p95: 4_000, // wide, since the machine may do much else at the time
  table: 'tasks',
  neighbour: { request: (as) => as.get('/tasks'), p95: 3_000 },
});
