-- The state of the provider manager. Values are json, not jsonb, which does not have every text that a provider may use.

-- Each manager that starts on this database is another generation, and an earlier one's writes are refused.
CREATE TABLE manager (
  is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
  generation integer NOT NULL
);

CREATE TABLE deployments (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL,
  name text NOT NULL,
  provider text NOT NULL,
  config json NOT NULL,
  environment json NOT NULL,
  wanted json NOT NULL,                  -- the resources
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applying', 'applied', 'failed', 'destroying', 'destroyed')),
  error json,
  settings integer NOT NULL DEFAULT 1,    -- counts changes of config and environment, which need another process
  revision integer NOT NULL DEFAULT 1,    -- counts changes of what is wanted
  serial integer NOT NULL DEFAULT 0,      -- counts changes of the state
  launches integer NOT NULL DEFAULT 0,
  operations integer NOT NULL DEFAULT 0,  -- the number of its last operation
  last_change integer NOT NULL DEFAULT 0, -- the number of its last operation that decides the status
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX deployments_of_tenant ON deployments (tenant_id, created_at DESC, id);

CREATE TABLE plans (
  id uuid PRIMARY KEY,
  deployment_id uuid NOT NULL REFERENCES deployments,
  revision integer NOT NULL,
  serial integer NOT NULL,
  changes json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX plans_of_deployment ON plans (deployment_id);

CREATE TABLE operations (
  deployment_id uuid REFERENCES deployments,
  number integer,
  kind text NOT NULL CHECK (kind IN ('plan', 'apply', 'import', 'destroy')),
  lock text NOT NULL,                     -- one operation at a time runs of those with the same lock
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
  plan uuid REFERENCES plans,             -- what it applies, or what it has made
  own_plan boolean NOT NULL DEFAULT false,
  import json,
  attempts integer NOT NULL DEFAULT 0,
  generation integer,                     -- of the manager that runs it
  error json,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (deployment_id, number)
);
CREATE UNIQUE INDEX operations_running ON operations (lock) WHERE status = 'running';
CREATE INDEX operations_queued ON operations (lock, created_at) WHERE status = 'queued';

-- A resource without a row is absent.
CREATE TABLE resources (
  deployment_id uuid REFERENCES deployments,
  type text,
  name text,
  depends_on text[] NOT NULL,
  status text NOT NULL CHECK (status IN ('absent', 'exists', 'in_doubt')),
  tainted boolean NOT NULL DEFAULT false,
  state json,
  shown json,                            -- the values of the state without the sensitive ones
  step json,                             -- the change that was begun and is in doubt, with what makes it repeatable
  operation integer NOT NULL,             -- the last operation that changed it
  steps integer NOT NULL DEFAULT 0,       -- how many of that operation's steps are settled
  PRIMARY KEY (deployment_id, type, name)
);
