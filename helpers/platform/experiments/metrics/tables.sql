-- What the pipelines report. A tenant is a partition: it goes as one, and no query of another reads it.

CREATE TABLE series (
  tenant_id String,
  experiment_id UUID,
  variant Enum8('baseline' = 1, 'candidate' = 2),
  node LowCardinality(String),
  process String,
  metric LowCardinality(String),
  tick UInt32,
  at DateTime64(3, 'UTC'),
  value Float64
) ENGINE = MergeTree PARTITION BY tenant_id ORDER BY (experiment_id, variant, metric, node, process, tick);

-- One row for each scrape of a variant, even if two agents have written it: one that was taken for dead may come back.
CREATE TABLE scrapes (
  tenant_id String,
  experiment_id UUID,
  variant Enum8('baseline' = 1, 'candidate' = 2),
  tick UInt32,
  at DateTime64(3, 'UTC'),
  samples UInt32,
  errors UInt32,
  points UInt32,
  work UInt64,
  cpu Float64,
  memory Float64
) ENGINE = ReplacingMergeTree PARTITION BY tenant_id ORDER BY (experiment_id, variant, tick);
