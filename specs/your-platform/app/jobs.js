/** The queue of the worker. A job is taken and finished in one transaction, so a killed worker gives it back. */
export const jobs = {
  async add(client, taskId) {
    await client.query('INSERT INTO jobs (task_id) VALUES ($1)', [taskId]);
  },

  /** The oldest job that no other worker has; undefined when there is none. */
  async next(client) {
    const { rows } = await client.query(
      'SELECT id, tenant_id, task_id FROM jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED',
    );
    return rows[0];
  },

  async finish(client, job) {
    await client.query('DELETE FROM jobs WHERE id = $1', [job.id]);
  },
};
