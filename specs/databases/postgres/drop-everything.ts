/** Before PostgreSQL 15 the schema `public` belongs to the superuser, and only its objects can be dropped. */
export const dropEverything = `DO $$ BEGIN
  IF pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') THEN DROP SCHEMA public CASCADE; ELSE DROP OWNED BY CURRENT_USER CASCADE; END IF;
END $$`;
