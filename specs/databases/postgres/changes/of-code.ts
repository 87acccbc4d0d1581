import type { ChangesOf } from './changes-of.ts';

export const changesOfCode: Readonly<Record<string, ChangesOf>> = {
  trigger: {
    given: `
      CREATE TABLE {}.t (id int, v int);
      CREATE FUNCTION {}.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE FUNCTION {}.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE TRIGGER x BEFORE UPDATE ON {}.t FOR EACH ROW EXECUTE FUNCTION {}.f();
      CREATE RULE r AS ON DELETE TO {}.t DO ALSO SELECT 1;
      CREATE EVENT TRIGGER {} ON ddl_command_end WHEN TAG IN ('CREATE CAST') EXECUTE FUNCTION {}.e()`,
    changes: {
      'a disabled trigger': 'ALTER TABLE {}.t DISABLE TRIGGER x',
      'a trigger for replication': 'ALTER TABLE {}.t ENABLE REPLICA TRIGGER x',
      'a trigger that always fires': 'ALTER TABLE {}.t ENABLE ALWAYS TRIGGER x',
      'what a trigger fires on':
        'CREATE OR REPLACE TRIGGER x BEFORE UPDATE OF v ON {}.t FOR EACH ROW EXECUTE FUNCTION {}.f()',
      'when a trigger fires':
        'CREATE OR REPLACE TRIGGER x BEFORE UPDATE ON {}.t FOR EACH ROW WHEN (NEW.v > 1) EXECUTE FUNCTION {}.f()',
      'a renamed trigger': 'ALTER TRIGGER x ON {}.t RENAME TO y',
      'a constraint trigger':
        'CREATE CONSTRAINT TRIGGER y AFTER UPDATE ON {}.t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION {}.f()',
      'a comment on a trigger': "COMMENT ON TRIGGER x ON {}.t IS 'changed'",
      'a disabled rule': 'ALTER TABLE {}.t DISABLE RULE r',
      'what a rule does': 'CREATE OR REPLACE RULE r AS ON DELETE TO {}.t DO INSTEAD NOTHING',
      'a disabled event trigger': 'ALTER EVENT TRIGGER {} DISABLE',
      "an event trigger's tags": `DROP EVENT TRIGGER {};
        CREATE EVENT TRIGGER {} ON ddl_command_end WHEN TAG IN ('DROP CAST') EXECUTE FUNCTION {}.e()`,
    },
  },
  policy: {
    given: 'CREATE TABLE {}.t (id int, v int); CREATE POLICY own ON {}.t FOR SELECT TO pg_monitor USING (v > 1)',
    changes: {
      "a policy's role": 'ALTER POLICY own ON {}.t TO public',
      "a policy's expression": 'ALTER POLICY own ON {}.t USING (v > 2)',
      "a policy's command": 'DROP POLICY own ON {}.t; CREATE POLICY own ON {}.t FOR DELETE TO pg_monitor USING (v > 1)',
      'a restrictive policy':
        'DROP POLICY own ON {}.t; CREATE POLICY own ON {}.t AS RESTRICTIVE FOR SELECT TO pg_monitor USING (v > 1)',
      'what a policy lets in': 'CREATE POLICY more ON {}.t FOR INSERT WITH CHECK (v > 3)',
    },
  },
  view: {
    given: `
      CREATE TABLE {}.t (id int, v int);
      CREATE VIEW {}.x AS SELECT id, v FROM {}.t;
      CREATE MATERIALIZED VIEW {}.m AS SELECT id FROM {}.t`,
    changes: {
      "a view's query": 'CREATE OR REPLACE VIEW {}.x AS SELECT id, v FROM {}.t WHERE v > 1',
      "a view's column": 'ALTER VIEW {}.x RENAME COLUMN v TO w',
      "a default of a view's column": 'ALTER VIEW {}.x ALTER v SET DEFAULT 1',
      "a view's barrier": 'ALTER VIEW {}.x SET (security_barrier)',
      "a view's check": 'CREATE OR REPLACE VIEW {}.x AS SELECT id, v FROM {}.t WITH LOCAL CHECK OPTION',
      "a view's owner": 'ALTER VIEW {}.x OWNER TO pg_monitor',
      'a right to a view': 'GRANT SELECT ON {}.x TO pg_monitor',
      "a materialized view's query":
        'DROP MATERIALIZED VIEW {}.m; CREATE MATERIALIZED VIEW {}.m AS SELECT v AS id FROM {}.t',
      'a materialized view without rows': 'REFRESH MATERIALIZED VIEW {}.m WITH NO DATA',
    },
  },
  function: {
    given: `
      CREATE FUNCTION {}.f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a';
      CREATE FUNCTION {}.g(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a';
      CREATE PROCEDURE {}.p() LANGUAGE plpgsql AS 'BEGIN END';
      CREATE AGGREGATE {}.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')`,
    changes: {
      "a function's body":
        "CREATE OR REPLACE FUNCTION {}.f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + 1'",
      'a body that is parsed': 'CREATE OR REPLACE FUNCTION {}.f(a int DEFAULT 1) RETURNS int LANGUAGE sql RETURN a',
      "a parameter's default":
        "CREATE OR REPLACE FUNCTION {}.f(a int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT a'",
      "a function's language":
        "CREATE OR REPLACE FUNCTION {}.f(a int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS 'BEGIN END'",
      "a function's volatility": 'ALTER FUNCTION {}.f IMMUTABLE',
      "a function's rights": 'ALTER FUNCTION {}.f SECURITY DEFINER',
      "a function's settings": 'ALTER FUNCTION {}.f SET search_path = {}',
      'how a function takes NULL': 'ALTER FUNCTION {}.f STRICT',
      'how leakproof a function is': 'ALTER FUNCTION {}.f LEAKPROOF',
      'how a function runs in parallel': 'ALTER FUNCTION {}.f PARALLEL SAFE',
      "a function's cost": 'ALTER FUNCTION {}.f COST 5',
      "a function's owner": 'ALTER FUNCTION {}.f OWNER TO pg_monitor',
      'a right to a function': 'REVOKE EXECUTE ON FUNCTION {}.f FROM PUBLIC',
      'a function for other types': "CREATE FUNCTION {}.f(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
      "a function's schema": 'CREATE SCHEMA {}_too; ALTER FUNCTION {}.f SET SCHEMA {}_too',
      'a comment on a function': "COMMENT ON FUNCTION {}.f IS 'changed'",
      'what a function depends on': 'ALTER FUNCTION {}.f DEPENDS ON EXTENSION plpgsql',
      "a procedure's body": "CREATE OR REPLACE PROCEDURE {}.p() LANGUAGE plpgsql AS 'BEGIN NULL; END'",
      "an aggregate's step": "CREATE OR REPLACE AGGREGATE {}.total(int) (SFUNC = {}.g, STYPE = int, INITCOND = '0')",
      "an aggregate's beginning":
        "CREATE OR REPLACE AGGREGATE {}.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')",
      'how an aggregate combines':
        "CREATE OR REPLACE AGGREGATE {}.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', COMBINEFUNC = int4pl)",
      'how an aggregate moves': `CREATE OR REPLACE AGGREGATE {}.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0',
          MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int)`,
      'how an aggregate runs in parallel':
        "CREATE OR REPLACE AGGREGATE {}.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', PARALLEL = SAFE)",
    },
  },
  operator: {
    given: `
      CREATE TYPE {}.e AS ENUM ('a');
      CREATE FUNCTION {}.eq(int, text) RETURNS bool LANGUAGE sql RETURN true;
      CREATE FUNCTION {}.ne(int, text) RETURNS bool LANGUAGE sql RETURN false;
      CREATE FUNCTION {}.cmp(int, int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 - $2;
      CREATE FUNCTION {}.text({}.e) RETURNS text LANGUAGE sql RETURN 'a';
      CREATE OPERATOR {}.=== (LEFTARG = int, RIGHTARG = text, FUNCTION = {}.eq);
      CREATE OPERATOR FAMILY {}.fam USING btree;
      CREATE OPERATOR CLASS {}.x FOR TYPE int USING btree FAMILY {}.fam AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 {}.cmp(int, int);
      CREATE CAST ({}.e AS text) WITH FUNCTION {}.text({}.e)`,
    changes: {
      'a new operator': 'CREATE OPERATOR {}.!== (LEFTARG = int, RIGHTARG = text, FUNCTION = {}.ne)',
      "an operator's function":
        'DROP OPERATOR {}.=== (int, text); CREATE OPERATOR {}.=== (LEFTARG = int, RIGHTARG = text, FUNCTION = {}.ne)',
      "an operator's estimate": 'ALTER OPERATOR {}.=== (int, text) SET (RESTRICT = eqsel)',
      "an operator's owner": 'ALTER OPERATOR {}.=== (int, text) OWNER TO pg_monitor',
      'a comment on an operator': "COMMENT ON OPERATOR {}.=== (int, text) IS 'changed'",
      'what is in an operator family':
        'ALTER OPERATOR FAMILY {}.fam USING btree ADD FUNCTION 4 (int, int) btequalimage(oid)',
      'a function for sorting in an operator family':
        'ALTER OPERATOR FAMILY {}.fam USING btree ADD FUNCTION 2 (int, int) btint4sortsupport(internal)',
      'a renamed operator class': 'ALTER OPERATOR CLASS {}.x USING btree RENAME TO y',
      "an operator class' owner": 'ALTER OPERATOR CLASS {}.x USING btree OWNER TO pg_monitor',
      "a cast's context":
        'DROP CAST ({}.e AS text); CREATE CAST ({}.e AS text) WITH FUNCTION {}.text({}.e) AS ASSIGNMENT',
      'a dropped cast': 'DROP CAST ({}.e AS text)',
      'a comment on a cast': "COMMENT ON CAST ({}.e AS text) IS 'changed'",
    },
  },
  type: {
    given: `
      CREATE TYPE {}.e AS ENUM ('a', 'b'); CREATE TYPE {}.pair AS (x int, s text);
      CREATE DOMAIN {}.d AS varchar(10) DEFAULT 'a' CONSTRAINT c CHECK (VALUE <> '');
      CREATE TYPE {}.r AS RANGE (SUBTYPE = text)`,
    changes: {
      'a new value of an enum': "ALTER TYPE {}.e ADD VALUE 'c'",
      'the order of values': "DROP TYPE {}.e; CREATE TYPE {}.e AS ENUM ('b', 'a')",
      'values in the place of one': "DROP TYPE {}.e; CREATE TYPE {}.e AS ENUM ('a,b')",
      'a renamed value': "ALTER TYPE {}.e RENAME VALUE 'a' TO 'z'",
      "an enum's owner": 'ALTER TYPE {}.e OWNER TO pg_monitor',
      'a right to a type': 'REVOKE USAGE ON TYPE {}.e FROM PUBLIC',
      'a renamed type': 'ALTER TYPE {}.e RENAME TO f',
      'a comment on a type': "COMMENT ON TYPE {}.e IS 'changed'",
      'a new attribute': 'ALTER TYPE {}.pair ADD ATTRIBUTE y int',
      'a renamed attribute': 'ALTER TYPE {}.pair RENAME ATTRIBUTE x TO y',
      "an attribute's type": 'ALTER TYPE {}.pair ALTER ATTRIBUTE x TYPE bigint',
      "an attribute's collation": 'ALTER TYPE {}.pair ALTER ATTRIBUTE s TYPE text COLLATE "C"',
      "a domain's default": "ALTER DOMAIN {}.d SET DEFAULT 'b'",
      'a domain that must have values': 'ALTER DOMAIN {}.d SET NOT NULL',
      "a domain's check":
        "ALTER DOMAIN {}.d DROP CONSTRAINT c; ALTER DOMAIN {}.d ADD CONSTRAINT c CHECK (VALUE <> 'x')",
      "a domain's length":
        "DROP DOMAIN {}.d; CREATE DOMAIN {}.d AS varchar(20) DEFAULT 'a' CONSTRAINT c CHECK (VALUE <> '')",
      "a domain's collation": 'CREATE DOMAIN {}.l AS text; DROP DOMAIN {}.l; CREATE DOMAIN {}.l AS text COLLATE "C"',
      'a check that is not validated': "ALTER DOMAIN {}.d ADD CHECK (VALUE <> 'y') NOT VALID",
      "a range's subtype": 'DROP TYPE {}.r; CREATE TYPE {}.r AS RANGE (SUBTYPE = float8)',
      "a range's collation": 'DROP TYPE {}.r; CREATE TYPE {}.r AS RANGE (SUBTYPE = text, COLLATION = "C")',
      "a range's difference": 'DROP TYPE {}.r; CREATE TYPE {}.r AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi)',
      "a range's multirange": 'DROP TYPE {}.r; CREATE TYPE {}.r AS RANGE (SUBTYPE = text, MULTIRANGE_TYPE_NAME = many)',
      'a type that is only named': 'CREATE TYPE {}.shell',
      'a base type': `
        CREATE TYPE {}.b; CREATE FUNCTION {}.b_in(cstring) RETURNS {}.b LANGUAGE internal IMMUTABLE STRICT AS 'textin';
        CREATE FUNCTION {}.b_out({}.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
        CREATE TYPE {}.b (INPUT = {}.b_in, OUTPUT = {}.b_out, LIKE = text)`,
    },
  },
};
