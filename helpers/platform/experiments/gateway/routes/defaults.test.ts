import { defaultRequestTimes } from '../../../../lib/http-limits.ts';
import { withFault } from '../../../../faults/inject.ts';
import { expect, test as base } from '../../../../testing/index.ts';
import { type ApiServer, buildApiServer } from '../../../kernel/http/api-server.ts';
import { realms } from '../../../kernel/realms.ts';
import { signToken } from '../../../kernel/tokens.ts';
import { defaultLimits } from '../../configuration.ts';
import { experimentFormats as formats } from '../../http/formats.ts';
import { hashPassword } from '../../passwords.ts';
import { criticalProcesses } from '../../pipelines/index.ts';
import { stateSchema } from '../../platform.ts';
import { deploy } from '../../store/pipeline-deployments.ts';
import type { GatewayContext } from '../context.ts';
import { gatewayParts } from '../parts.ts';
import { experimentRoutes } from './experiments.ts';
import { tenantRoutes } from './others.ts';

const secret = 'of this test';
const password = 'correct horse';
const claims = { user_id: 'ana', email: 'ana@example.com', roles: ['admin'], tenant_id: 'ana' };
const authorization = `Bearer ${signToken(claims, secret, 60_000, realms.experiments)}`;

interface GatewayFixtures {
  /** Sends a request to the routes, in this process. Returns the answer's body. */
  ask: (method: 'GET' | 'POST' | 'PATCH', url: string, body?: object) => Promise<Record<string, unknown>>;
}

const test = base.extend<GatewayFixtures>({
  ask: async ({ postgres: { pool }, fault }, use) => {
    const parts = await withFault('experiments', gatewayParts, fault);
    const configuration = { secret, limits: defaultLimits };
    const tokens = parts.tokens(secret);
    const context = { parts, configuration, pool, impatient: pool, tokens } as unknown as GatewayContext;
    const { bodyBytes } = defaultLimits;
    const server = await buildApiServer({ title: 'a test', bodyBytes, times: defaultRequestTimes, formats, tokens });
    await server.register(async (routes: ApiServer) => {
      experimentRoutes(routes, context);
      await tenantRoutes(routes, context);
    });
    await use(async (method, url, body) => {
      const answer = await server.inject({
        method,
        url: `/api/v1/${url}`,
        headers: { authorization },
        ...(body === undefined ? {} : { payload: body }),
      });
      expect(answer.statusCode, answer.body).toBeLessThan(300);
      return answer.json<Record<string, unknown>>();
    });
    await server.close();
  },
});

test.use({ schema: stateSchema, dataset: 'empty' });

const wanted = {
  name: 'one',
  baseline_pipeline: 'process-baseline-v1',
  candidate_pipeline: 'process-topk-v1',
  target_nodes: ['node1'],
  config: { duration: '2s' },
};

test('an experiment that names no critical process and no load gets the usual ones', async ({ ask }) => {
  const { id } = await ask('POST', 'experiments', wanted);
  expect((await ask('GET', `experiments/${String(id)}`))['config']).toEqual({
    duration: '2s',
    load_profile: 'realistic',
    critical_processes: [...criticalProcesses],
  });
});

test("a change of a pipeline that names no variant is the candidate's", async ({ ask, postgres: { pool } }) => {
  const { id } = await ask('POST', 'experiments', wanted);
  await deploy(pool, id as string, { baseline: '', candidate: '' }, new Date());
  expect(await ask('PATCH', `experiments/${String(id)}/pipeline`, { processors: [] })).toMatchObject({
    variant: 'candidate',
    pipeline: 'process-topk-v1',
    version: 2,
  });
});

test('a change of state without a reason says who made it', async ({ ask, postgres: { pool } }) => {
  const { id } = await ask('POST', 'experiments', wanted);
  await ask('PATCH', `experiments/${String(id)}/state`, { action: 'cancel' });
  const { rows } = await pool.query('SELECT data FROM events WHERE experiment_id = $1 ORDER BY number DESC', [id]);
  expect(rows[0]).toMatchObject({ data: { current_state: 'cancelled', reason: 'cancel by a user' } });
});

test('a login says when its token ends', async ({ ask, postgres: { pool } }) => {
  const { email, tenant_id, user_id, roles } = claims;
  const hash = await hashPassword(password, defaultLimits.passwordCost);
  await pool.query('INSERT INTO accounts VALUES ($1, $2, $3, $4, $5)', [email, tenant_id, user_id, roles, hash]);
  const { token, expires_at } = await ask('POST', 'auth/login', { email, password });
  const { exp } = JSON.parse(Buffer.from(String(token).split('.')[1]!, 'base64url').toString()) as { exp: number };
  expect(Math.abs(Date.parse(String(expires_at)) / 1000 - exp)).toBeLessThan(5);
});
