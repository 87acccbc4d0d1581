CREATE TABLE counts (id UInt64) ENGINE = MergeTree ORDER BY id;
