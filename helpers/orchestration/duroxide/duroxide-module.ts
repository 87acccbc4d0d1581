import pg from 'pg';
import { type Access, Connection } from '../connection.ts';
import { holdBefore, holdLocks, holdWork } from '../hold.ts';
import { StoreSchemas } from '../schemas.ts';
import type { DamagedRow, Held, Hold, StoreModule } from '../store-module.ts';
import { defects } from './defects.ts';
import { DuroxideStore, isRetryable } from './duroxide-store.ts';
import { installDuroxide } from './install.ts';

/** Where the text is. */
const rowOf: Readonly<Record<DamagedRow, readonly [table: string, column: string]>> = {
  history: ['history', 'event_data'],
  message: ['orchestrator_queue', 'work_item'],
  work: ['worker_queue', 'work_item'],
};

// A fetch waits for the instance's advisory lock, an ack to change the table of instances.
const holds: Readonly<Record<Held, (access: Access, instance: string) => Promise<Hold>>> = {
  acks: (access) => holdLocks(access, 'LOCK TABLE instances IN EXCLUSIVE MODE'),
  fetches: (access, instance) =>
    holdLocks(access, `SELECT pg_advisory_xact_lock(hashtext(${pg.escapeLiteral(instance)}))`),
  work: (access, instance) => holdWork(access, rowOf.work[0], instance),
  locks: (access) => holdBefore(access, 'DELETE ON instance_locks'),
};

const schemas = new StoreSchemas({
  prefix: 'duroxide',
  isRetryable,
  install: (db, { url, schema }) => installDuroxide(db, url, schema),
  restore: 'UPDATE proving_ground_clock SET ahead = 0',
});

/** The store of microsoft/duroxide-pg, as its npm package installs it: each is a schema of the worker's database. */
export const duroxideModule: StoreModule = {
  name: 'duroxide',
  defects,
  async open(context) {
    const schema = await schemas.take(await context.postgres());
    return {
      location: JSON.stringify(schema.access),
      connect: async () => new DuroxideStore(await schema.connect()),
      advance: (milliseconds) =>
        schema.query('UPDATE proving_ground_clock SET ahead = ahead + $1', [Math.round(milliseconds)]),
      async damage(row, instance) {
        const [table, column] = rowOf[row];
        const newest = `SELECT ctid FROM ${table} WHERE instance_id = $1 ORDER BY ctid DESC LIMIT 1`;
        await schema.query(`UPDATE ${table} SET ${column} = '{damaged' WHERE ctid = (${newest})`, [instance]);
      },
      hold: (instance, what) => holds[what](schema.access, instance),
      close: () => schemas.giveBack(schema),
    };
  },
  async connect(location) {
    return new DuroxideStore(await Connection.open(JSON.parse(location) as Access, isRetryable));
  },
};
