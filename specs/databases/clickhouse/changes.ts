/**
 * What can change in a ClickHouse database, as data: for each part of a definition its alternatives, and for each type
 * its values, no two of which are equal.
 */

type Alternatives = readonly string[];

/** The parts of a table's definition. */
export const partsOfTables = {
  type: ['String', 'LowCardinality(String)', 'FixedString(8)', 'Nullable(String)'],
  default: ['', "DEFAULT 'a'", "DEFAULT 'b'", "MATERIALIZED 'a'", "ALIAS 'a'", "EPHEMERAL 'a'"],
  codec: ['', 'CODEC(ZSTD(1))', 'CODEC(ZSTD(2))', 'CODEC(NONE)'],
  columnComment: ['', "COMMENT 'a'", "COMMENT 'b'"],
  columnTtl: ['', 'TTL at + INTERVAL 300 YEAR', 'TTL at + INTERVAL 301 YEAR'],
  columnSettings: ['', 'SETTINGS (min_compress_block_size = 16777216)'],
  orderOfColumns: ['x UInt8, y UInt8', 'y UInt8, x UInt8', 'x UInt8, y UInt8, z UInt8'],
  index: [
    '',
    ', INDEX i code TYPE bloom_filter GRANULARITY 1',
    ', INDEX i code TYPE bloom_filter GRANULARITY 2',
    ', INDEX i code TYPE set(9)',
  ],
  projection: ['', ', PROJECTION p (SELECT x ORDER BY x)', ', PROJECTION p (SELECT x, y ORDER BY x)'],
  constraint: ['', ', CONSTRAINT c CHECK id < 9', ', CONSTRAINT c CHECK id < 10', ', CONSTRAINT c ASSUME id < 9'],
  engine: ['MergeTree', 'SummingMergeTree', 'SummingMergeTree(weight)'],
  partition: ['', 'PARTITION BY toYYYYMM(at)', 'PARTITION BY toYear(at)'],
  primary: ['', 'PRIMARY KEY id'],
  order: ['ORDER BY (id, at)', 'ORDER BY (id, at, x)'],
  sample: ['', 'SAMPLE BY id'],
  ttl: ['', 'TTL at + INTERVAL 300 YEAR', 'TTL at + INTERVAL 301 YEAR', 'TTL at + INTERVAL 300 YEAR WHERE id > 1'],
  settings: ['', 'SETTINGS index_granularity = 4096', 'SETTINGS ratio_of_defaults_for_sparse_serialization = 1'],
  comment: ['', "COMMENT 'a'", "COMMENT 'b'"],
} satisfies Record<string, Alternatives>;

export type Choice<Parts> = { readonly [part in keyof Parts]: string };

export function tableOf(name: string, part: Choice<typeof partsOfTables>): string {
  return `CREATE TABLE ${name} (id UInt64, at DateTime, weight UInt64, kind ${part.type} ${part.default},
    code String ${part.columnComment} ${part.codec} ${part.columnTtl} ${part.columnSettings}, ${part.orderOfColumns}
    ${part.index} ${part.engine === 'MergeTree' ? part.projection : ''} ${part.constraint}) ENGINE = ${part.engine} ${part.partition} ${part.primary}
    ${part.order} ${part.sample} ${part.ttl} ${part.settings} ${part.comment}`;
}

/** Other objects, each in several definitions of the same name. */
export const otherObjects: Record<string, readonly [string, string, ...string[]]> = {
  view: [
    'CREATE VIEW {} AS SELECT 1 AS a',
    'CREATE VIEW {} AS SELECT 2 AS a',
    "CREATE VIEW {} AS SELECT 1 AS a COMMENT 'a'",
  ],
  parameterized: [
    'CREATE VIEW {} AS SELECT id FROM users WHERE id = {n:UInt64}',
    'CREATE VIEW {} AS SELECT id FROM users WHERE id = {n:UInt32}',
  ],
  materialized: [
    'CREATE MATERIALIZED VIEW {} ENGINE = MergeTree ORDER BY id AS SELECT id FROM users',
    'CREATE MATERIALIZED VIEW {} ENGINE = MergeTree ORDER BY id AS SELECT id FROM users WHERE id > 1',
    'CREATE MATERIALIZED VIEW {} ENGINE = SummingMergeTree ORDER BY id AS SELECT id FROM users',
    'CREATE MATERIALIZED VIEW {} TO users AS SELECT user_id AS id FROM events',
    'CREATE MATERIALIZED VIEW {} REFRESH EVERY 1 YEAR ENGINE = MergeTree ORDER BY id EMPTY AS SELECT id FROM users',
    'CREATE MATERIALIZED VIEW {} REFRESH EVERY 2 YEAR ENGINE = MergeTree ORDER BY id EMPTY AS SELECT id FROM users',
  ],
  dictionary: [
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(FLAT()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'b') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(FLAT()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a', p UInt64 DEFAULT 0 HIERARCHICAL) PRIMARY KEY id SOURCE(NULL()) LAYOUT(HASHED()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'events')) LAYOUT(FLAT()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users' PASSWORD 'a')) LAYOUT(FLAT()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users' PASSWORD 'b')) LAYOUT(FLAT()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(HASHED()) LIFETIME(0)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(FLAT()) LIFETIME(9)",
    "id UInt64, v String DEFAULT 'a') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(FLAT()) LIFETIME(0) COMMENT 'a'",
  ].map((text) => `CREATE DICTIONARY {} (${text}`) as [string, string],
  elsewhere: [
    'CREATE TABLE {} (id UInt64) ENGINE = Memory',
    'CREATE TABLE {} (id UInt64) ENGINE = Memory SETTINGS max_rows_to_keep = 9',
    'CREATE TABLE {} (id UInt64) ENGINE = Null',
    'CREATE TABLE {} (id UInt64) ENGINE = Join(ANY, LEFT, id)',
    'CREATE TABLE {} (id UInt64) ENGINE = Join(ALL, LEFT, id)',
    "CREATE TABLE {} (id UInt64) ENGINE = Merge(currentDatabase(), '^users$')",
    "CREATE TABLE {} (id UInt64) ENGINE = Buffer('', users, 1, 10, 100, 10000, 1000000, 10000000, 100000000)",
  ],
};

/** Where rows are kept. In `Buffer` they wait in memory, in front of the table `odd_kept`. */
export function keepersOf(type: string): readonly string[] {
  const logs = /^(Dynamic|JSON|Variant)\b/.test(type) ? [] : ['Log', 'TinyLog', 'StripeLog']; // which cannot keep these
  return ['MergeTree ORDER BY id', 'Memory', 'Buffer', ...logs];
}

/** Values of each type, no two of which are equal. */
export const valuesOfTypes: Record<string, readonly string[]> = {
  UInt64: ['0', '9007199254740992', '9007199254740993', '18446744073709551615'],
  Int256: ["'-1'", "'0'", "'170141183460469231731687303715884105728'", "'170141183460469231731687303715884105729'"],
  Bool: ['true', 'false'],
  String: ["''", "'a'", "'A'", "'a '", "'a\\0'", "unhex('ff')", "unhex('fe')", "'é'", "'e\u0301'"],
  'FixedString(3)': ["''", "'a'", "'a\\0a'"],
  'Nullable(String)': ['NULL', "''", "'NULL'", "'\\\\N'"],
  'LowCardinality(Nullable(String))': ['NULL', "''", "'a'"],
  'Nullable(UInt8)': ['NULL', '0', '1'],
  Float64: ['0', "'-0'", "'nan'", "'inf'", "'-inf'", '0.3', '0.1 + 0.2', '5e-324'],
  Float32: ['0', "'-0'", "'nan'", "'inf'", '0.1', '0.2'],
  'Decimal(38, 10)': ["'0'", "'12345678901234567890.0000000001'", "'12345678901234567890.0000000002'"],
  Date32: ["'1970-01-01'", "'1969-12-31'", "'2299-12-31'"],
  "DateTime64(9, 'UTC')": ["'2026-01-01 00:00:00.000000001'", "'2026-01-01 00:00:00.000000002'"],
  UUID: ["'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"],
  IPv6: ["'::'", "'::1'", "'::ffff:127.0.0.1'"],
  "Enum8('' = 0, 'a' = 1)": ["''", "'a'"],
  'Array(Nullable(String))': ['[]', '[NULL]', "['']", "['', NULL]", "[NULL, '']"],
  'Array(Array(UInt8))': ['[]', '[[]]', '[[1, 2]]', '[[1], [2]]', '[[], [1, 2]]'],
  'Tuple(a String, b String)': ["('', 'ab')", "('a', 'b')", "('ab', '')"],
  'Map(String, Nullable(String))': ['map()', "map('a', NULL)", "map('a', '')", "map('b', '')"],
  'Variant(String, UInt64)': ['NULL', "'a'::String", '1::UInt64', '2::UInt64'],
  Dynamic: ['NULL', "'1'::String", '1::UInt64', '1::UInt8'],
  JSON: ["'{}'", '\'{"a": 1}\'', '\'{"a": "1"}\'', '\'{"b": 1}\'', '\'{"a": {"b": 1}}\''],
  Point: ['(0, 0)', "(0, '-0'::Float64)", '(1, 0)'],
  'AggregateFunction(sum, UInt64)': [1, 2].map((n) => `initializeAggregation('sumState', ${n}::UInt64)`),
};
