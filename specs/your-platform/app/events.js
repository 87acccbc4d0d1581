/** What has happened to the tasks of the tenant whose transaction `client` is in. */
export const events = {
  /** A transaction waits here for those of the same tenant, so that events become visible in the order of `seq`. */
  async append(client, type, task) {
    await client.query(
      `WITH turn AS MATERIALIZED (
         SELECT pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id'), 0))
       )
       INSERT INTO events (type, task) SELECT $1, $2::jsonb FROM turn`,
      [type, JSON.stringify(task)],
    );
  },

  async after(client, seq, limit) {
    const { rows } = await client.query(
      'SELECT seq::int, type, task FROM events WHERE seq > $1 ORDER BY seq LIMIT $2',
      [seq, limit],
    );
    return rows;
  },

  async latest(client) {
    const { rows } = await client.query('SELECT coalesce(max(seq), 0)::int AS seq FROM events');
    return rows[0].seq;
  },
};
