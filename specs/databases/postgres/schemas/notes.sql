-- As Supabase's and PostgREST's projects have it: roles, made here unless they are there, and policies on their claims.
DO $$ BEGIN
  CREATE ROLE notes_guest NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
CREATE ROLE notes_member;

CREATE FUNCTION claim(name text) RETURNS text STABLE LANGUAGE sql
  RETURN nullif(current_setting('request.jwt.claims', true), '')::json ->> name;

CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author text NOT NULL DEFAULT claim('sub'), text text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seed ON notes FOR INSERT TO CURRENT_USER WITH CHECK (true);
CREATE POLICY own ON notes TO notes_member USING (author = claim('sub'));
GRANT SELECT, INSERT ON notes TO notes_member;
INSERT INTO notes (author, text) VALUES ('ana', 'of Ana'), ('ben', 'of Ben'), ('ben', 'of Ben, too');
