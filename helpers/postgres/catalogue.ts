import type pg from 'pg';
import { shelf } from './reset/index.ts';

/** One definition in a database: its kind, its name, and all that its creator said, in canonical form. */
export interface Definition {
  readonly kind: string;
  readonly name: string;
  readonly definition: string;
}

// Every kind of object that a database's owner can make, by PostgreSQL's own deparsers, so that equal lines mean equal
// objects whatever their oids. What belongs to an extension is the extension's.
const definitionsSql = `
  WITH spaces AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', '${shelf}') AND nspname NOT LIKE 'pg\\_%temp\\_%'),
  members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
  relations AS (
    SELECT c.* FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid))
  SELECT 'schema' AS kind, quote_ident(nspname) AS name, coalesce(obj_description(oid, 'pg_namespace'), '') AS definition FROM spaces
  UNION ALL SELECT 'extension', quote_ident(extname), extversion FROM pg_extension WHERE extname <> 'pg_walinspect'
  UNION ALL SELECT
    CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END,
    oid::regclass::text,
    concat_ws('; ',
      concat(relkind, relpersistence, relreplident, relrowsecurity, relforcerowsecurity, relispartition),
      CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) WHEN relkind IN ('i', 'I') THEN pg_get_indexdef(oid) END,
      pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid), reloptions::text, relacl::text, obj_description(oid, 'pg_class'),
      (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits i WHERE i.inhrelid = relations.oid),
      (SELECT concat_ws(',', i.indisvalid, i.indisclustered, i.indisreplident) FROM pg_index i WHERE i.indexrelid = relations.oid),
      (SELECT concat_ws(',', seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle) FROM pg_sequence WHERE seqrelid = relations.oid))
    FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
  UNION ALL SELECT 'column', a.attrelid::regclass || '.' || quote_ident(a.attname),
    concat_ws('; ', row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull, concat('i', a.attidentity, 'g', a.attgenerated),
      a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid), a.attacl::text, a.attoptions::text, a.attstattarget::text, col_description(a.attrelid, a.attnum))
    FROM pg_attribute a JOIN relations c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL SELECT 'constraint', coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text) || '.' || quote_ident(conname), concat_ws('; ', pg_get_constraintdef(k.oid), convalidated)
    FROM pg_constraint k JOIN spaces s ON s.oid = k.connamespace
  UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || quote_ident(tgname), concat_ws('; ', pg_get_triggerdef(t.oid), tgenabled)
    FROM pg_trigger t JOIN relations c ON c.oid = tgrelid WHERE NOT tgisinternal
  UNION ALL SELECT 'rule', ev_class::regclass || '.' || quote_ident(rulename), concat_ws('; ', pg_get_ruledef(r.oid), ev_enabled)
    FROM pg_rewrite r JOIN relations c ON c.oid = ev_class WHERE rulename <> '_RETURN'
  UNION ALL SELECT 'policy', polrelid::regclass || '.' || quote_ident(polname), concat_ws('; ', polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    FROM pg_policy JOIN relations c ON c.oid = polrelid
  UNION ALL SELECT 'statistics', s.nspname || '.' || quote_ident(x.stxname), pg_get_statisticsobjdef(x.oid) FROM pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
  UNION ALL SELECT 'function', p.oid::regprocedure::text,
    concat_ws('; ', CASE WHEN p.prokind = 'a' THEN (SELECT concat_ws(',', aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval) FROM pg_aggregate WHERE aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END, p.proacl::text, obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
  UNION ALL SELECT 'type', t.oid::regtype::text,
    concat_ws('; ', t.typtype, nullif(t.typbasetype, 0)::regtype::text, t.typnotnull, t.typdefault,
      (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
      (SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped),
      (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = t.oid), obj_description(t.oid, 'pg_type'))
    FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
  UNION ALL SELECT 'event trigger', quote_ident(evtname), concat_ws('; ', evtevent, evtfoid::regproc, evtenabled, evttags::text) FROM pg_event_trigger
  UNION ALL SELECT 'publication', quote_ident(pubname), concat_ws('; ', puballtables, pubinsert, pubupdate, pubdelete, pubtruncate) FROM pg_publication
  UNION ALL SELECT 'default privileges', concat(nullif(defaclnamespace, 0)::regnamespace, ' ', defaclobjtype), defaclacl::text FROM pg_default_acl
  UNION ALL SELECT 'large object', oid::text, md5(lo_get(oid)) FROM pg_largeobject_metadata
  UNION ALL SELECT 'settings', 'database', array_to_string(setconfig, ', ') FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY 1, 2, 3`;

/** Everything that is defined in a database, large objects included, sequences' positions not. */
export async function readDefinitions(client: pg.ClientBase | pg.Pool): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(definitionsSql);
  return rows;
}

/** Where a sequence stands: its last value, and whether that was handed out. */
export interface SequencePosition {
  readonly name: string;
  readonly position: string;
}

export async function readSequences(client: pg.ClientBase | pg.Pool): Promise<SequencePosition[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> '${shelf}' ORDER BY 1`);
  if (rows.length === 0) return [];
  const positions = rows.map(({ name }) => `SELECT '${name.replaceAll("'", "''")}' AS name, last_value || CASE WHEN is_called THEN '' ELSE ' (not yet used)' END AS position FROM ${name}`);
  return (await client.query<SequencePosition>(positions.join(' UNION ALL '))).rows;
}

/** A table that holds rows of its own: partitions, not their parents. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** Sum of the rows' hashes: equal for equal rows in whatever order. */
  readonly hash: string;
}

/** How many rows each table has, and what they hash to. Reads every row. */
export async function readContents(client: pg.ClientBase | pg.Pool): Promise<TableContent[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND (c.relkind = 'r' OR c.relispopulated)
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${shelf}') ORDER BY 1`);
  if (rows.length === 0) return [];
  const contents = rows.map(({ name }) => `SELECT '${name.replaceAll("'", "''")}' AS name, count(*)::int AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS hash FROM ONLY ${name} t`);
  return (await client.query<TableContent>(contents.join(' UNION ALL '))).rows;
}
