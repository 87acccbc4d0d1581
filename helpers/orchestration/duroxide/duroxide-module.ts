import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { holdLocks } from '../hold.ts';
import type { DamagedRow, StoreModule } from '../store-module.ts';
import { defects } from './defects.ts';
import { DuroxideStore } from './duroxide-store.ts';
import { installDuroxide } from './install.ts';

/** Where the text is. */
const rowOf: Readonly<Record<DamagedRow, readonly [table: string, column: string]>> = {
  history: ['history', 'event_data'],
  message: ['orchestrator_queue', 'work_item'],
  work: ['worker_queue', 'work_item'],
};

/** The store of microsoft/duroxide-pg, as its npm package installs it: each is a schema of the worker's database. */
export const duroxideModule: StoreModule = {
  name: 'duroxide',
  defects,
  async open(context) {
    const url = await context.postgres();
    const schema = `duroxide_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
    await admin.connect();
    await installDuroxide(admin, url, schema);
    return {
      location: JSON.stringify({ url, schema }),
      connect: () => DuroxideStore.connect(url, schema),
      async advance(milliseconds) {
        await admin.query('UPDATE proving_ground_clock SET ahead = ahead + $1', [Math.round(milliseconds)]);
      },
      async damage(row, instance) {
        const [table, column] = rowOf[row];
        const newest = `SELECT ctid FROM ${table} WHERE instance_id = $1 ORDER BY ctid DESC LIMIT 1`;
        await admin.query(`UPDATE ${table} SET ${column} = '{damaged' WHERE ctid = (${newest})`, [instance]);
      },
      // A fetch waits for the instance's advisory lock, an ack to change the table of instances.
      hold: (instance, what) =>
        holdLocks(
          url,
          schema,
          what === 'acks'
            ? 'LOCK TABLE instances IN EXCLUSIVE MODE'
            : `SELECT pg_advisory_xact_lock(hashtext(${pg.escapeLiteral(instance)}))`,
        ),
      async close() {
        await admin.query(`DROP SCHEMA ${schema} CASCADE`);
        await admin.end();
      },
    };
  },
  connect(location) {
    const { url, schema } = JSON.parse(location) as { url: string; schema: string };
    return DuroxideStore.connect(url, schema);
  },
};
