const columns = 'id, title, description, status, comments, words, version, created_at';

/** The tasks of the tenant whose transaction `client` is in; row policies hide all others. */
export const tasks = {
  /** A new task, or undefined when there is one of this request already. */
  async insert(client, { title, description = '' }, key) {
    const { rows } = await client.query(
      `INSERT INTO tasks (title, description, request_key) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, request_key) DO NOTHING RETURNING ${columns}`,
      [title, description, key],
    );
    return rows[0];
  },

  async findByKey(client, key) {
    const { rows } = await client.query(`SELECT ${columns} FROM tasks WHERE request_key = $1`, [key]);
    return rows[0];
  },

  async find(client, id) {
    const { rows } = await client.query(`SELECT ${columns} FROM tasks WHERE id = $1`, [id]);
    return rows[0];
  },

  /** The newest first. */
  async list(client, { status, limit, offset }) {
    const { rows } = await client.query(
      `SELECT ${columns} FROM tasks WHERE $1::text IS NULL OR status = $1
       ORDER BY created_at DESC, id LIMIT $2 OFFSET $3`,
      [status, limit, offset],
    );
    return rows;
  },

  /** The changed task; undefined when it has another version by now, or does not exist. */
  async change(client, id, { version, title, description, status }) {
    const { rows } = await client.query(
      `UPDATE tasks SET title = coalesce($3, title), description = coalesce($4, description),
         status = coalesce($5, status), version = version + 1
       WHERE id = $1 AND version = $2 RETURNING ${columns}`,
      [id, version, title, description, status],
    );
    return rows[0];
  },

  async remove(client, id) {
    const { rows } = await client.query(`DELETE FROM tasks WHERE id = $1 RETURNING ${columns}`, [id]);
    return rows[0];
  },

  /** The task with a comment more; undefined when it does not exist. */
  async comment(client, id, text) {
    const { rows } = await client.query(`UPDATE tasks SET comments = comments + 1 WHERE id = $1 RETURNING ${columns}`, [
      id,
    ]);
    if (rows.length > 0) await client.query('INSERT INTO comments (task_id, text) VALUES ($1, $2)', [id, text]);
    return rows[0];
  },

  /** How many tasks have each status. */
  async summary(client) {
    const { rows } = await client.query(
      `SELECT count(*) FILTER (WHERE status = 'open')::int AS open,
         count(*) FILTER (WHERE status = 'done')::int AS done FROM tasks`,
    );
    return rows[0];
  },

  async setWords(client, id, words) {
    const { rows } = await client.query(`UPDATE tasks SET words = $2 WHERE id = $1 RETURNING ${columns}`, [id, words]);
    return rows[0];
  },
};
