import rateLimit from '@fastify/rate-limit';
import { Type } from 'typebox';
import { Pipelines } from '../../contract.ts';
import { templates } from '../../pipelines/index.ts';
import { transaction } from '../../../kernel/store/database.ts';
import { hashPassword, isPassword } from '../../passwords.ts';
import { realms } from '../../../kernel/realms.ts';
import { signToken } from '../../../kernel/tokens.ts';
import type { ApiServer } from '../../../kernel/http/api-server.ts';
import type { GatewayContext } from '../context.ts';
import { limitLogins } from '../login-limits.ts';
import { ApiError } from '../../../kernel/http/errors.ts';
import { operation } from '../../../kernel/http/operation.ts';

const lifetime = 3_600_000;

const User = Type.Object({
  id: Type.String(),
  email: Type.String(),
  roles: Type.Array(Type.String()),
  tenant_id: Type.String(),
});

const Login = Type.Object(
  {
    email: Type.String({ minLength: 3, maxLength: 254, format: 'words' }),
    password: Type.String({ minLength: 1, maxLength: 200, format: 'words' }),
  },
  { additionalProperties: false },
);

/** Login, and the removal of tenants. */
export async function tenantRoutes(gateway: ApiServer, context: GatewayContext): Promise<void> {
  const {
    pool,
    parts,
    metrics,
    configuration: { secret, limits },
  } = context;
  const unusableHash = await hashPassword('', limits.passwordCost);
  await gateway.register(rateLimit, { global: false });
  const limit = limitLogins(gateway, parts.loginKeys, limits);

  gateway.post(
    '/api/v1/auth/login',
    {
      schema: operation(
        {
          operationId: 'login',
          summary: 'Get a token',
          description: `At most ${limits.loginsPerMinute} attempts a minute to one account, and ${limits.addressLoginsPerMinute} from one address.`,
          body: Login,
        },
        { 200: Type.Object({ token: Type.String(), expires_at: Type.String({ format: 'date-time' }), user: User }) },
        [401, 429],
        { open: true },
      ),
      preHandler: limit,
    },
    async ({ body: { email, password } }) => {
      const { rows } = await pool.query<{ tenant_id: string; user_id: string; roles: string[]; password_hash: string }>(
        'SELECT * FROM accounts WHERE email = $1',
        [email],
      );
      const [account] = rows;
      // Checking an unknown account takes as long, so that the time does not reveal which accounts exist.
      if (!(await isPassword(password, account?.password_hash ?? unusableHash)) || account === undefined)
        throw new ApiError('AUTHENTICATION_ERROR', 'The email or the password is wrong');
      const claims = { user_id: account.user_id, email, roles: account.roles, tenant_id: account.tenant_id };
      return {
        token: signToken(claims, secret, lifetime, realms.experiments),
        expires_at: new Date(parts.clock.now().getTime() + lifetime).toISOString(),
        user: { id: account.user_id, email, roles: account.roles, tenant_id: account.tenant_id },
      };
    },
  );

  gateway.delete(
    '/api/v1/tenants/:tenant_id',
    {
      schema: operation(
        {
          operationId: 'removeTenant',
          summary: 'Remove a tenant: its experiments, series and events',
          params: Type.Object({ tenant_id: Type.String({ minLength: 1, maxLength: 100, format: 'words' }) }),
        },
        { 204: Type.Null() },
        [403, 413, 415],
      ),
    },
    async (request, reply) => {
      const { tenant_id: tenant } = request.params;
      if (!request.claims.roles.includes('admin') || !parts.access.mayUse(request.claims, tenant))
        throw new ApiError('AUTHORIZATION_ERROR', 'Only an administrator of the tenant may remove it');
      await transaction(pool, async (client) => {
        const forget = (table: string): Promise<unknown> =>
          client.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant]);
        await forget('experiments'); // locked before the tenant's own row, as everywhere
        await client.query(
          'INSERT INTO tenants (id, last_event) VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET last_event = 0',
          [tenant],
        ); // every creation waits for this row, the first one too
        await client.query('DELETE FROM tenants WHERE id = $1', [tenant]);
        // Again, for what was created meanwhile.
        for (const table of ['experiments', 'node_claims', 'events']) await forget(table);
        await client.query(`SELECT pg_notify('deployments', '')`);
        await parts.metricsStore.forget(metrics, tenant); // while creation is blocked; a failure undoes the removal
      });
      return reply.status(204).send(null);
    },
  );
}

export function pipelineRoutes(gateway: ApiServer): void {
  gateway.get(
    '/api/v1/pipelines',
    {
      schema: operation(
        { operationId: 'listPipelines', summary: 'List the pipelines that there are' },
        { 200: Pipelines },
      ),
    },
    () => ({
      pipelines: templates.map(({ id, name, version, description, category, tags, estimated_reduction }) => ({
        id,
        name,
        version,
        description,
        category,
        tags: [...tags],
        estimated_reduction,
      })),
    }),
  );
}

export function healthRoute(gateway: ApiServer, { pool, metrics }: GatewayContext): void {
  gateway.get(
    '/health',
    {
      schema: operation(
        { operationId: 'health', summary: 'Whether the gateway and its stores work' },
        { 200: Type.Object({ status: Type.Literal('ok') }) },
        [],
        { open: true },
      ),
    },
    async () => {
      await pool.query('SELECT 1');
      if (!(await metrics.ping()).success) throw new ApiError('SERVICE_UNAVAILABLE', 'The metrics store is away');
      return { status: 'ok' as const };
    },
  );
}
