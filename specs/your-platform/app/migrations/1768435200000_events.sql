-- Up Migration
CREATE TABLE events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT current_setting('app.tenant_id'),
  type text NOT NULL,
  task jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_of_tenant ON events (tenant_id, seq);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON events USING (tenant_id = current_setting('app.tenant_id', true));
CREATE POLICY system ON events USING (current_setting('app.system', true) = 'on');

CREATE FUNCTION tell_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('events', NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION tell_of_event();

-- Down Migration
DROP TABLE events;
DROP FUNCTION tell_of_event;
