-- Event tracking as platforms do it: partitions by month, properties as a map, a daily summary that a view keeps, and
-- a dictionary to look users up in.

CREATE TABLE users (
  id           UInt64,
  display_name String,
  status       LowCardinality(String),
  time_zone    LowCardinality(String),
  created_at   DateTime64(3, 'UTC'),
  updated_at   DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(updated_at) ORDER BY id;

CREATE TABLE events (
  id          UInt64,
  user_id     UInt64,
  name        LowCardinality(String),
  properties  Map(LowCardinality(String), String),
  duration_ms UInt32,
  occurred_at DateTime64(3, 'UTC'),
  INDEX events_user_id user_id TYPE bloom_filter GRANULARITY 4
) ENGINE = MergeTree PARTITION BY toYYYYMM(occurred_at) ORDER BY (name, occurred_at, id);

CREATE TABLE events_daily (
  day         Date,
  name        LowCardinality(String),
  events      UInt64,
  duration_ms UInt64
) ENGINE = SummingMergeTree ORDER BY (day, name);

CREATE MATERIALIZED VIEW events_daily_fill TO events_daily AS
SELECT toDate(occurred_at) AS day, name, count() AS events, sum(duration_ms) AS duration_ms
FROM events GROUP BY day, name;

CREATE VIEW active_users AS
SELECT toDate(occurred_at) AS day, uniqExact(user_id) AS users FROM events GROUP BY day;
