-- Up Migration
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT current_setting('app.tenant_id'),
  task_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON jobs USING (tenant_id = current_setting('app.tenant_id', true));
CREATE POLICY system ON jobs USING (current_setting('app.system', true) = 'on');

CREATE FUNCTION tell_of_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('jobs', '');
  RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION tell_of_job();

-- Down Migration
DROP TABLE jobs;
DROP FUNCTION tell_of_job;
