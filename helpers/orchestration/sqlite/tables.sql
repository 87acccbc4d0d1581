-- A durable store in one file. Times are milliseconds since 1970. What the tables mean is what they mean in PostgreSQL.

-- Time is a port: a test moves it ahead. It never stands still, so what came later is never taken for simultaneous.
CREATE TABLE clock (ahead REAL NOT NULL, latest REAL NOT NULL) STRICT;
INSERT INTO clock VALUES (0, 0);

CREATE TABLE instances (
  instance TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  parent TEXT,
  execution INTEGER NOT NULL,        -- the current one
  custom_status TEXT,
  custom_status_version INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX instances_parent ON instances (parent) WHERE parent IS NOT NULL;

CREATE TABLE executions (
  instance TEXT NOT NULL,
  execution INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'running',
  output TEXT,
  PRIMARY KEY (instance, execution)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  instance TEXT NOT NULL,
  execution INTEGER NOT NULL,
  event INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (instance, execution, event)
) STRICT;

-- One row for each instance that was ever sent a message: when it can next be fetched, and who has fetched it.
CREATE TABLE instances_queue (
  instance TEXT PRIMARY KEY,
  available_at REAL,                 -- when a message becomes visible or, if later, the lock ends; null is never
  token TEXT,
  locked_until REAL,
  engine INTEGER                     -- which the current execution needs
) STRICT, WITHOUT ROWID;
CREATE INDEX instances_queue_available ON instances_queue (available_at) WHERE available_at IS NOT NULL;
CREATE UNIQUE INDEX instances_queue_token ON instances_queue (token) WHERE token IS NOT NULL;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields TEXT NOT NULL,
  body TEXT NOT NULL,
  visible_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  token TEXT                         -- of the lock that it was fetched with
) STRICT;
CREATE INDEX messages_instance ON messages (instance);

CREATE TABLE work (
  id INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  execution INTEGER NOT NULL,
  activity INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  session TEXT,
  tag TEXT,
  visible_at REAL NOT NULL,          -- also the end of its lock, while it has one
  attempts INTEGER NOT NULL DEFAULT 0,
  token TEXT
) STRICT;
CREATE INDEX work_activity ON work (instance, execution, activity);
CREATE UNIQUE INDEX work_token ON work (token) WHERE token IS NOT NULL;

CREATE TABLE work_sessions (
  session TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  locked_until REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX work_sessions_owner ON work_sessions (owner);
