import { openapi } from '../../fixtures/scenarios/index.ts';

openapi({
  examples: async (as) => ({ id: [(await as.post('/tasks', { title: 'known' })).body.id], version: ['1'] }),
  open: ['health'],
});
