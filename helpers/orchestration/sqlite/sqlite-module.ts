import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DamagedRow, StoreModule } from '../store-module.ts';
import { StoreFile } from './sqlite-database.ts';
import { SqliteStore } from './sqlite-store.ts';

/** The tables of the store. */
export const sqliteSchema = readFileSync(new URL('tables.sql', import.meta.url), 'utf8');

const tableOf: Readonly<Record<DamagedRow, string>> = { history: 'history', message: 'messages', work: 'work' };

/** Our store in SQLite: each store is a file, which is also its location. */
export function sqliteModule(sql = sqliteSchema): StoreModule {
  return {
    name: 'sqlite',
    async open({ folder }) {
      const location = path.join(folder, 'store.sqlite');
      const admin = new StoreFile(location);
      admin.exec(sql);
      return {
        location,
        connect: async () => new SqliteStore(location),
        async advance(milliseconds) {
          admin.run('UPDATE clock SET ahead = ahead + ?1, latest = latest + ?1', milliseconds);
        },
        async damage(row, instance) {
          const table = tableOf[row];
          const newest = `SELECT max(rowid) FROM ${table} WHERE instance = ?`;
          admin.run(`UPDATE ${table} SET body = '{damaged' WHERE rowid = (${newest})`, instance);
        },
        async close() {
          admin.close();
          for (const suffix of ['', '-wal', '-shm']) await rm(location + suffix, { force: true });
        },
      };
    },
    connect: async (location) => new SqliteStore(location),
  };
}
