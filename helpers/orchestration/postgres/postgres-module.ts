import pg from 'pg';
import { type Access, Connection } from '../connection.ts';
import { holdBefore, holdLocks, holdWork } from '../hold.ts';
import { StoreSchemas } from '../schemas.ts';
import type { StoreModule } from '../store-module.ts';
import { isRetryable, planning, PostgresStore } from './postgres-store.ts';
import { postgresSchema } from './schema.ts';

const tableOf = { history: 'history', message: 'messages', work: 'work' } as const;

/** Our store in PostgreSQL: each store is a schema of the worker's database. */
export function postgresModule(sql = postgresSchema): StoreModule {
  const schemas = new StoreSchemas({
    prefix: 'store',
    settings: planning,
    isRetryable,
    async install(db, { schema }) {
      // Bodies are checked when they are first called, which is soon enough, and saves half of the time.
      await db.query(`SET LOCAL check_function_bodies = off; CREATE SCHEMA ${schema}; ${sql}`);
    },
    restore: "UPDATE clock SET ahead = '0'",
  });
  return {
    name: 'postgres',
    async open(context) {
      const schema = await schemas.take(await context.postgres());
      return {
        location: JSON.stringify(schema.access),
        connect: async () => new PostgresStore(await schema.connect()),
        advance: (milliseconds) => schema.query('UPDATE clock SET ahead = ahead + milliseconds($1)', [milliseconds]),
        async damage(row, instance) {
          const table = tableOf[row];
          const newest = `SELECT ctid FROM ${table} WHERE instance = $1 ORDER BY ctid DESC LIMIT 1`;
          await schema.query(`UPDATE ${table} SET body = '{damaged' WHERE ctid = (${newest})`, [instance]);
        },
        hold(instance, what) {
          if (what === 'work') return holdWork(schema.access, tableOf.work, instance);
          if (what === 'locks') return holdBefore(schema.access, `DELETE ON ${tableOf.message}`); // it locks first
          const lock = `SELECT FROM instances_queue WHERE instance = ${pg.escapeLiteral(instance)} FOR UPDATE`;
          return holdLocks(schema.access, lock);
        },
        close: () => schemas.giveBack(schema),
      };
    },
    async connect(location) {
      return new PostgresStore(await Connection.open(JSON.parse(location) as Access, isRetryable));
    },
  };
}
