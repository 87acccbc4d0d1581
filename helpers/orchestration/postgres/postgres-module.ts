import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { holdLocks } from '../hold.ts';
import type { StoreModule } from '../store-module.ts';
import { PostgresStore } from './postgres-store.ts';
import { postgresSchema } from './schema.ts';

const tableOf = { history: 'history', message: 'messages', work: 'work' } as const;

/** Our store in PostgreSQL: each store is a schema of the worker's database. */
export function postgresModule(sql = postgresSchema): StoreModule {
  return {
    name: 'postgres',
    async open(context) {
      const url = await context.postgres();
      const schema = `store_${randomBytes(6).toString('hex')}`;
      const admin = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
      await admin.connect();
      // Bodies are checked when they are first called, which is soon enough, and saves half of the time.
      await admin.query(`SET check_function_bodies = off; CREATE SCHEMA ${schema}; ${sql}`);
      return {
        location: JSON.stringify({ url, schema }),
        connect: () => PostgresStore.connect(url, schema),
        async advance(milliseconds) {
          await admin.query('UPDATE clock SET ahead = ahead + milliseconds($1)', [milliseconds]);
        },
        async damage(row, instance) {
          const table = tableOf[row];
          const newest = `SELECT ctid FROM ${table} WHERE instance = $1 ORDER BY ctid DESC LIMIT 1`;
          await admin.query(`UPDATE ${table} SET body = '{damaged' WHERE ctid = (${newest})`, [instance]);
        },
        hold: (instance) =>
          holdLocks(
            url,
            schema,
            `SELECT FROM instances_queue WHERE instance = ${pg.escapeLiteral(instance)} FOR UPDATE`,
          ),
        async close() {
          await admin.query(`DROP SCHEMA ${schema} CASCADE`);
          await admin.end();
        },
      };
    },
    connect(location) {
      const { url, schema } = JSON.parse(location) as { url: string; schema: string };
      return PostgresStore.connect(url, schema);
    },
  };
}
