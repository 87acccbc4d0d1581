-- The smallest set that analytics can be done with: who, and what they did.

CREATE TABLE users (
  id           UInt64,
  display_name String,
  status       LowCardinality(String),
  created_at   DateTime64(3, 'UTC')
) ENGINE = MergeTree ORDER BY id;

CREATE TABLE events (
  id          UInt64,
  user_id     UInt64,
  name        LowCardinality(String),
  occurred_at DateTime64(3, 'UTC')
) ENGINE = MergeTree ORDER BY (user_id, occurred_at, id);
