-- Time series: samples with labels, and their hourly aggregates, which a materialised view keeps by itself.

CREATE TABLE metrics (
  name        LowCardinality(String),
  labels      Map(LowCardinality(String), String),
  value       Float64,
  measured_at DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4)
) ENGINE = MergeTree PARTITION BY toYYYYMM(measured_at) ORDER BY (name, measured_at);

CREATE MATERIALIZED VIEW metrics_hourly
ENGINE = AggregatingMergeTree ORDER BY (name, hour) AS
SELECT name, toStartOfHour(measured_at) AS hour, countState() AS samples, avgState(value) AS average, quantileTDigestState(0.95)(value) AS p95
FROM metrics GROUP BY name, hour;
