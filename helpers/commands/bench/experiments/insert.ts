import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { experimentRequest } from '../../../clients/index.ts';
import type { PostgresDatabase, ServerConnection } from '../../../stores/postgres/index.ts';

const statement = `INSERT INTO bare_experiments (id, tenant_id, name, description, baseline_pipeline, candidate_pipeline, target_nodes, config, load, state, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $10)`;

/**
 * The lower bound for a request: inserts the rows that the platform writes into a table like the platform's, by as many
 * clients, each with its own connection and prepared statement. Returns rows a second.
 */
export async function insertBare(
  { host, port, admin }: ServerConnection,
  { name: database, pool }: PostgresDatabase,
  clients: number,
  rows: number,
): Promise<number> {
  await pool.query('DROP TABLE IF EXISTS bare_experiments');
  await pool.query('CREATE TABLE bare_experiments (LIKE experiments INCLUDING ALL)');
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ host, port, database, ...admin }); // allowed a hundred connections
      client.on('error', () => undefined); // the bench fails with its own error
      await client.connect();
      return client;
    }),
  );
  const { baseline_pipeline, candidate_pipeline, config } = experimentRequest({
    config: { duration: '30m', process_count: 1 },
  });
  let next = 0;
  const start = performance.now();
  await Promise.all(
    connections.map(async (client) => {
      while (next < rows) {
        const number = next++;
        await client.query({
          name: 'insert',
          text: statement,
          values: [
            randomUUID(),
            'bare',
            `load-${number}`,
            '',
            baseline_pipeline,
            candidate_pipeline,
            [`load-${number}`],
            JSON.stringify(config),
            JSON.stringify({ profile: 'realistic', process_count: 1 }),
            new Date(),
          ],
        });
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const client of connections) await client.end();
  return rows / seconds;
}
