import { defaultRequestTimes } from '../../../../lib/http-limits.ts';
import { expect, test } from '../../../../testing/index.ts';
import { buildApiServer } from '../../../kernel/http/api-server.ts';
import { realms } from '../../../kernel/realms.ts';
import { signToken } from '../../../kernel/tokens.ts';
import type { Metrics } from '../../contract.ts';
import { experimentFormats as formats } from '../../http/formats.ts';
import { nothing } from '../../metrics/store.ts';
import type { GatewayContext } from '../context.ts';
import { gatewayParts } from '../parts.ts';
import { metricsRoutes } from './metrics.ts';

const secret = 'of this test';
const claims = { user_id: 'ana', email: 'ana@example.com', roles: [], tenant_id: 'ana' };
const authorization = `Bearer ${signToken(claims, secret, 60_000, realms.experiments)}`;

test('samples per second of a running experiment leave out the time that is to come', async () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const [created, started, now] = [0, 1, 2].map((second) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)));
  const course = { created_at: created, started_at: started, completed_at: null, paused_at: null, pauses: [] };
  const experiment = { id, tenant: 'ana', config: { duration: '30m' }, ...course };
  const stubs = {
    clock: { now: () => now },
    experimentReader: { find: () => Promise.resolve(experiment) },
    metricsStore: { summarize: () => Promise.resolve({ baseline: { ...nothing, points: 400 }, candidate: nothing }) },
  };
  const tokens = gatewayParts.tokens(secret);
  const server = await buildApiServer({ title: 'a test', bodyBytes: 1, times: defaultRequestTimes, formats, tokens });
  metricsRoutes(server, { parts: { ...gatewayParts, ...stubs } } as unknown as GatewayContext);
  const rateUntil = async (end: string): Promise<number> => {
    const url = `/api/v1/experiments/${id}/metrics?end_time=${end}`;
    const { metrics } = (await server.inject({ url, headers: { authorization } })).json<Metrics>();
    return metrics.baseline.samples_per_second;
  };
  expect(await rateUntil('2100-01-01T00:00:00Z'), 'of the one second that it has run').toBe(400);
  expect(await rateUntil('2026-01-01T12:00:01.500Z'), 'of half a second').toBe(800);
  await server.close();
});
