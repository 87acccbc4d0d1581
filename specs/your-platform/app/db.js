import pg from 'pg';

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_CONNECTIONS ?? 10),
  connectionTimeoutMillis: 3_000,
});
// The server may end a connection at any time, and the pool opens another one. A client in use needs a listener of its
// own, since an error without one ends the process; the pool repeats those of its idle clients.
pool.on('connect', (client) =>
  client.on('error', (error) => console.error(`a connection has ended: ${error.message}`)),
);
pool.on('error', () => {});

export const db = {
  connect: () => pool.connect(),
  release: (client, error) => client.release(error),
  begin: (client, settings) => client.query(`BEGIN; ${settings}`),
  commit: (client) => client.query('COMMIT'),
  rollback: (client) => client.query('ROLLBACK'),

  /** Runs `work` in a transaction that sees and writes the rows of one tenant. */
  asTenant: (tenant, work) => transaction(`SET LOCAL app.tenant_id = ${pg.escapeLiteral(tenant)}`, work),

  /** Runs `work` in a transaction that sees the rows of all tenants, for what belongs to none. */
  asSystem: (work) => transaction("SET LOCAL app.system = 'on'", work),

  /** Within `asSystem`: goes on as one tenant. */
  become: (client, tenant) =>
    client.query(`SET LOCAL app.system = 'off'; SET LOCAL app.tenant_id = ${pg.escapeLiteral(tenant)}`),

  /** A connection for LISTEN, outside of the pool. */
  dedicated: () => new pg.Client({ connectionString: process.env.DATABASE_URL }),
  close: () => pool.end(),
};

async function transaction(settings, work) {
  const client = await db.connect();
  let broken;
  try {
    await db.begin(client, settings);
    const result = await work(client);
    await db.commit(client);
    return result;
  } catch (error) {
    await db.rollback(client).catch((reason) => {
      broken = reason;
    });
    throw error;
  } finally {
    db.release(client, broken);
  }
}
