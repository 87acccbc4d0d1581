import { randomUUID } from 'node:crypto';
import { tenantIsolation } from '../../fixtures/scenarios/index.ts';
import { realms } from '../../helpers/platform/kernel/realms.ts';

const base = '/api/v1/deployments';
const { issuer: iss, audience: aud } = realms.experiments;

tenantIsolation({
  thing: 'deployment',
  create: (as, number) => as.post(base, { name: `deployment ${number}`, provider: 'probe' }),
  read: (as, { id }) => as.get(`${base}/${id}`),
  list: (as) => as.get(base),
  change: (as, { id }) => as.patch(`${base}/${id}`, { resources: [] }),
  others: {
    'reading the log of': (as, { id }) => as.get(`${base}/${id}/logs`),
    'reading the schema of': (as, { id }) => as.get(`${base}/${id}/schema`),
    'reading the operations of': (as, { id }) => as.get(`${base}/${id}/operations`),
    'reading an operation of': (as, { id }) => as.get(`${base}/${id}/operations/1`),
    'reading a plan of': (as, { id }) => as.get(`${base}/${id}/plans/${randomUUID()}`),
    planning: (as, { id }) => as.post(`${base}/${id}/plan`),
    applying: (as, { id }) => as.post(`${base}/${id}/apply`, {}),
    'importing into': (as, { id }) => as.post(`${base}/${id}/import`, { type: 'probe_task', name: 'task', id: '1' }),
    cancelling: (as, { id }) => as.post(`${base}/${id}/cancel`),
    destroying: (as, { id }) => as.delete(`${base}/${id}`),
  },
  lasting: ({ status, revision }) => ({ status, revision }),
  forged: { 'of the experiments': { claims: { iss, aud } } },
  refusals: [403],
  unauthenticated: [401],
});
