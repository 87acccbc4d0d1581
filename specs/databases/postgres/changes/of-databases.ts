import type { ChangesOf } from './changes-of.ts';

export const changesOfDatabases: Readonly<Record<string, ChangesOf>> = {
  sequence: {
    given: 'CREATE SEQUENCE {}.x; CREATE TABLE {}.t (id int)',
    changes: {
      "a sequence's step": 'ALTER SEQUENCE {}.x INCREMENT 5',
      "a sequence's least value": 'ALTER SEQUENCE {}.x MINVALUE -5',
      "a sequence's greatest value": 'ALTER SEQUENCE {}.x MAXVALUE 500',
      "a sequence's start": 'ALTER SEQUENCE {}.x START 7',
      "a sequence's cache": 'ALTER SEQUENCE {}.x CACHE 7',
      'a sequence that begins again': 'ALTER SEQUENCE {}.x CYCLE',
      "a sequence's type": 'ALTER SEQUENCE {}.x AS smallint',
      'a sequence of a column': 'ALTER SEQUENCE {}.x OWNED BY {}.t.id',
      "a sequence's owner": 'ALTER SEQUENCE {}.x OWNER TO pg_monitor',
      'a right to a sequence': 'GRANT USAGE ON SEQUENCE {}.x TO pg_monitor',
      "a sequence's position": "SELECT nextval('{}.x')",
    },
  },
  schema: {
    given: `
      CREATE TABLE {}.t (); ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT ON TABLES TO pg_monitor;
      ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA {} GRANT SELECT ON TABLES TO pg_monitor`,
    changes: {
      'a new schema': 'CREATE SCHEMA {}_too',
      'a dropped schema': 'DROP SCHEMA {} CASCADE',
      'a right to a schema': 'GRANT USAGE ON SCHEMA {} TO pg_monitor',
      "a schema's owner": 'ALTER SCHEMA {} OWNER TO pg_monitor',
      'a comment on a schema': "COMMENT ON SCHEMA {} IS 'changed'",
      'default privileges': 'ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT INSERT ON TABLES TO pg_monitor',
      "another role's default privileges":
        'ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor IN SCHEMA {} GRANT INSERT ON TABLES TO pg_monitor',
    },
  },
  'text search': {
    given: `
      CREATE TEXT SEARCH CONFIGURATION {}.x (COPY = pg_catalog.simple);
      CREATE TEXT SEARCH DICTIONARY {}.d (TEMPLATE = simple)`,
    changes: {
      'a new configuration': 'CREATE TEXT SEARCH CONFIGURATION {}.y (PARSER = "default")',
      "a configuration's dictionary": 'ALTER TEXT SEARCH CONFIGURATION {}.x ALTER MAPPING FOR word WITH {}.d',
      'a word that is left out': 'ALTER TEXT SEARCH CONFIGURATION {}.x DROP MAPPING FOR email',
      "a configuration's owner": 'ALTER TEXT SEARCH CONFIGURATION {}.x OWNER TO pg_monitor',
      "a dictionary's options": 'ALTER TEXT SEARCH DICTIONARY {}.d (ACCEPT = false)',
      "a dictionary's owner": 'ALTER TEXT SEARCH DICTIONARY {}.d OWNER TO pg_monitor',
      'a parser': `CREATE TEXT SEARCH PARSER {}.p (
        START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)`,
      'a template': 'CREATE TEXT SEARCH TEMPLATE {}.s (INIT = dsimple_init, LEXIZE = dsimple_lexize)',
    },
  },
  collation: {
    given: `CREATE COLLATION {}.x FROM "C"`,
    changes: {
      'a new collation': 'CREATE COLLATION {}.y FROM "POSIX"',
      'a collation of another name': 'DROP COLLATION {}.x; CREATE COLLATION {}.x FROM "POSIX"',
      "a collation's owner": 'ALTER COLLATION {}.x OWNER TO pg_monitor',
      'a conversion': "CREATE CONVERSION {}.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    },
  },
  publication: {
    given: 'CREATE TABLE {}.t (id int PRIMARY KEY, v int); CREATE PUBLICATION {} FOR TABLE {}.t',
    changes: {
      'a published table': 'CREATE TABLE {}.u (); ALTER PUBLICATION {} ADD TABLE {}.u',
      'what is published': "ALTER PUBLICATION {} SET (publish = 'insert')",
      'what a partition is published as': 'ALTER PUBLICATION {} SET (publish_via_partition_root)',
      "a publication's owner": 'ALTER PUBLICATION {} OWNER TO pg_monitor',
      'a dropped publication': 'DROP PUBLICATION {}',
    },
  },
  'publication of parts': {
    since: 150_000,
    given: 'CREATE TABLE {}.t (id int PRIMARY KEY, v int); CREATE PUBLICATION {} FOR TABLE {}.t',
    changes: {
      'the rows that are published': 'ALTER PUBLICATION {} SET TABLE {}.t WHERE (id > 1)',
      'the columns that are published': 'ALTER PUBLICATION {} SET TABLE {}.t (id)',
      'a published schema that is empty': 'CREATE SCHEMA {}_too; ALTER PUBLICATION {} ADD TABLES IN SCHEMA {}_too',
    },
  },
  'foreign data': {
    given: `
      CREATE FOREIGN DATA WRAPPER {}; CREATE SERVER {} FOREIGN DATA WRAPPER {} OPTIONS (a '1');
      CREATE USER MAPPING FOR pg_monitor SERVER {} OPTIONS (u '1');
      CREATE FOREIGN TABLE {}.t (id int OPTIONS (c '1')) SERVER {} OPTIONS (t '1')`,
    changes: {
      "a wrapper's options": "ALTER FOREIGN DATA WRAPPER {} OPTIONS (w '1')",
      'a right to a wrapper': 'GRANT USAGE ON FOREIGN DATA WRAPPER {} TO pg_monitor',
      "a server's options": "ALTER SERVER {} OPTIONS (SET a '2')",
      "a server's version": "ALTER SERVER {} VERSION '2'",
      'a right to a server': 'GRANT USAGE ON FOREIGN SERVER {} TO pg_monitor',
      "a user's options": "ALTER USER MAPPING FOR pg_monitor SERVER {} OPTIONS (SET u '2')",
      "a foreign table's options": "ALTER FOREIGN TABLE {}.t OPTIONS (SET t '2')",
      "a foreign column's options": "ALTER FOREIGN TABLE {}.t ALTER id OPTIONS (SET c '2')",
      'a dropped server': 'DROP SERVER {} CASCADE',
    },
  },
  language: {
    given: "CREATE FUNCTION {}.sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'jsonb_subscript_handler'",
    changes: {
      'a language': 'CREATE LANGUAGE {} HANDLER plpgsql_call_handler',
      'an access method': 'CREATE ACCESS METHOD {} TYPE TABLE HANDLER heap_tableam_handler',
    },
  },
  database: {
    given: '',
    changes: {
      'a setting of the database': "ALTER DATABASE {db} SET {}.x = '1'",
      "a role's setting in the database": "ALTER ROLE CURRENT_USER IN DATABASE {db} SET {}.x = '1'",
      "another role's setting in the database": "ALTER ROLE {owner} IN DATABASE {db} SET {}.x = '1'",
    },
  },
  extension: {
    given: '',
    changes: {
      'a new extension': 'CREATE EXTENSION hstore SCHEMA {}',
      'a right to what an extension has': `
        CREATE EXTENSION cube SCHEMA {}; REVOKE EXECUTE ON FUNCTION {}.cube(float8) FROM PUBLIC`,
      "an extension's version":
        "CREATE EXTENSION citext SCHEMA {} VERSION '1.5'; ALTER EXTENSION citext UPDATE TO '1.6'",
    },
  },
};
