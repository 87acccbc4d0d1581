-- A comment; with a semicolon.
CREATE TABLE visits (page String, note String) ENGINE = MergeTree ORDER BY page;

/* Another; one. */
INSERT INTO visits VALUES ('a; b', 'it\'s');
