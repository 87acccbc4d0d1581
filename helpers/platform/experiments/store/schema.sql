-- The state of the experiment platform. Every accepted change is one transaction that also appends its events.

CREATE TABLE tenants (
  id text PRIMARY KEY,
  last_event bigint NOT NULL  -- its row's lock puts the events of a tenant in the order of their commits, without gaps
);

CREATE TABLE accounts (
  email text PRIMARY KEY,
  tenant_id text NOT NULL,
  user_id text NOT NULL,
  roles text[] NOT NULL,
  password_hash text NOT NULL
);

CREATE TABLE experiments (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  baseline_pipeline text NOT NULL,
  candidate_pipeline text NOT NULL,
  target_nodes text[] NOT NULL,
  config jsonb NOT NULL,
  load jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'initializing', 'running', 'analyzing', 'completed', 'failed', 'cancelled')),
  results jsonb,
  progress integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  state_since timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  paused_at timestamptz,
  pauses timestamptz[] NOT NULL DEFAULT '{}'  -- that are over: from and to of the first, from and to of the second, …
);
CREATE INDEX experiments_of_tenant ON experiments (tenant_id, created_at, id);
CREATE INDEX experiments_waiting ON experiments (tenant_id, created_at, id) WHERE state = 'pending';
CREATE INDEX experiments_at_work ON experiments (tenant_id) WHERE state IN ('initializing', 'running', 'analyzing');

-- A node serves one experiment of its tenant at a time.
CREATE TABLE node_claims (
  tenant_id text,
  node text,
  experiment_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, node)
);
CREATE INDEX claims_of_experiment ON node_claims (experiment_id);

CREATE TABLE deployments (
  experiment_id uuid REFERENCES experiments ON DELETE CASCADE,
  variant text,
  configuration text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  wanted_processors jsonb,            -- what a user has asked for and the generator has not been asked yet
  applied_version integer NOT NULL DEFAULT 0,
  complaint text,                     -- why an agent refused the configuration
  agent text,
  lease_until timestamptz,
  ticks_written integer NOT NULL DEFAULT 0,
  deployed_at timestamptz NOT NULL,
  PRIMARY KEY (experiment_id, variant)
);

CREATE TABLE events (
  tenant_id text,
  number bigint,
  experiment_id uuid NOT NULL,
  type text NOT NULL,
  occurred_at timestamptz NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
