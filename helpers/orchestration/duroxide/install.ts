import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type pg from 'pg';
import { EnvironmentUnavailable } from '../../lib/environment.ts';

/** The schema that duroxide itself installs, once for each database. Stores are copies of it. */
const template = 'duroxide_template';

/** A number of our own, so that two processes do not install at once. */
const installing = 7_310_155;

/**
 * Makes `schema`, with duroxide's tables and procedures, and a clock. Half a second the first time in a database.
 * @throws EnvironmentUnavailable where duroxide's library does not run.
 */
export async function installDuroxide(admin: pg.ClientBase, url: string, schema: string): Promise<void> {
  await admin.query('SELECT pg_advisory_lock($1)', [installing]);
  try {
    const { rows } = await admin.query('SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
      template,
      'proving_ground_clock',
    ]);
    if (rows.length === 0) {
      await installTemplate(url);
      await admin.query(`CREATE TABLE ${template}.proving_ground_clock (ahead bigint NOT NULL)`);
    }
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [installing]);
  }
  await admin.query(`CREATE SCHEMA ${schema}; ${copy(schema)}; INSERT INTO ${schema}.proving_ground_clock VALUES (0)`);
}

/** In a process of its own, since the library keeps its connections for as long as it is loaded. */
async function installTemplate(url: string): Promise<void> {
  let library: string;
  try {
    library = createRequire(import.meta.url).resolve('duroxide-linux-x64-gnu');
  } catch {
    throw new EnvironmentUnavailable(
      'The duroxide store needs the npm package duroxide-linux-x64-gnu, which is for Linux on x64 with glibc: ' +
        'install it there with npm ci, or choose another store.',
    );
  }
  const script = `
    const [library, url, schema] = process.argv.slice(1);
    require(library).JsPostgresProvider.connectWithSchema(url, schema).then(
      () => process.exit(0),
      (error) => { console.error(error); process.exit(1); },
    );`;
  await promisify(execFile)(process.execPath, ['-e', script, library, url, template]);
}

/** Tables, sequences and procedures of the template, under another schema's name. */
function copy(schema: string): string {
  return `DO $copy$
    DECLARE
      item record;
      sequence text;
    BEGIN
      FOR item IN SELECT tablename AS name FROM pg_tables WHERE schemaname = '${template}' LOOP
        EXECUTE format('CREATE TABLE ${schema}.%I (LIKE ${template}.%I INCLUDING ALL)', item.name, item.name);
      END LOOP;
      FOR item IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = '${schema}' AND column_default LIKE 'nextval(%' LOOP
        sequence := format('${schema}.%I', item.table_name || '_' || item.column_name || '_seq');
        EXECUTE 'CREATE SEQUENCE ' || sequence;
        EXECUTE format('ALTER TABLE ${schema}.%I ALTER %I SET DEFAULT nextval(%L)', item.table_name, item.column_name,
          sequence);
      END LOOP;
      FOR item IN SELECT pg_get_functiondef(oid) AS definition FROM pg_proc
        WHERE pronamespace = '${template}'::regnamespace LOOP
        EXECUTE replace(item.definition, '${template}.', '${schema}.');
      END LOOP;
    END $copy$`;
}
