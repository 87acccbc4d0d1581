-- The state of the session platform: sessions, and the queue of instructions.

-- Time is a port: what depends on it asks this function, and a test moves it ahead.
CREATE TABLE clock (ahead interval NOT NULL);
INSERT INTO clock VALUES ('0');
CREATE FUNCTION platform_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() + ahead FROM clock';

-- Where the platform is reached from outside, for the addresses in its mails.
CREATE TABLE addresses (name text PRIMARY KEY, url text NOT NULL);

-- Clients whose sessions may be idle for another time than the usual one.
CREATE TABLE clients (id text PRIMARY KEY, idle_ms bigint NOT NULL);

-- Who may send mail, and on whose behalf.
CREATE TABLE users (email text PRIMARY KEY, client_id text NOT NULL, user_id text NOT NULL);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  client_id text NOT NULL,
  user_id text NOT NULL,
  thread_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('initializing', 'active', 'draining', 'expired')),
  reason text,                        -- why it ended
  key text NOT NULL,                  -- opens its preview
  task_arn text,
  address text,                       -- of its workspace
  created_at timestamptz NOT NULL,
  last_activity timestamptz NOT NULL,
  waits_since timestamptz,            -- for its workspace; in real time
  ended_at timestamptz
);
CREATE UNIQUE INDEX one_session_at_a_time ON sessions (client_id, user_id) WHERE status IN ('initializing', 'active');
CREATE UNIQUE INDEX one_session_a_task ON sessions (task_arn) WHERE status <> 'expired';
CREATE INDEX sessions_of_client ON sessions (client_id);

-- Instructions that are not carried out yet, and those that were given up.
CREATE TABLE messages (
  id text PRIMARY KEY,
  place bigint GENERATED ALWAYS AS IDENTITY,
  body jsonb NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  visible_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  receives integer NOT NULL DEFAULT 0,
  reply jsonb,                        -- what its sender is to be told, once that is settled
  dead_at timestamptz,
  complaint text
);
CREATE INDEX messages_waiting ON messages (visible_at) WHERE dead_at IS NULL;

-- What a provider would bill for by the request, one row each.
CREATE TABLE requests (service text NOT NULL);
