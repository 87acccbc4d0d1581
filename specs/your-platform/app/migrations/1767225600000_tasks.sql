-- Up Migration
CREATE TABLE tasks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL DEFAULT current_setting('app.tenant_id') CHECK (tenant_id <> ''),
  title text NOT NULL,
  description text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
  comments integer NOT NULL DEFAULT 0,
  words integer,
  version integer NOT NULL DEFAULT 1,
  request_key text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, request_key)
);
CREATE INDEX tasks_newest ON tasks (tenant_id, created_at DESC, id);

CREATE TABLE comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT current_setting('app.tenant_id'),
  task_id uuid NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Foreign keys look past row policies, so the tenant is part of this one.
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX comments_of_task ON comments (tenant_id, task_id, id);

ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON tasks USING (tenant_id = current_setting('app.tenant_id', true));
CREATE POLICY system ON tasks USING (current_setting('app.system', true) = 'on');

ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE comments FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON comments USING (tenant_id = current_setting('app.tenant_id', true));
CREATE POLICY system ON comments USING (current_setting('app.system', true) = 'on');

-- Down Migration
DROP TABLE comments;
DROP TABLE tasks;
