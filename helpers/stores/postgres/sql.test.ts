import { expect, test } from '@playwright/test';
import { splitStatements } from './sql.ts';

const texts = (sql: string): string[] => splitStatements(sql).map(({ text }) => text);

test('statements are split at semicolons and know their line', () => {
  expect(splitStatements('SELECT 1;\n\n-- two\nSELECT 2;\nSELECT\n  3')).toEqual([
    { text: 'SELECT 1', line: 1 },
    { text: 'SELECT 2', line: 4 },
    { text: 'SELECT\n  3', line: 5 },
  ]);
});

for (const [what, sql] of Object.entries({
  'a string': "SELECT 'a;b', 'it''s; fine'",
  'an escaped string': "SELECT E'\\';'",
  'a standard string that ends in a backslash': "SELECT 'C:\\', ';'",
  'a quoted name': 'SELECT 1 AS "a;b""c;"',
  'a line comment': 'SELECT 1 -- ; not here\n + 1',
  'a nested comment': 'SELECT 1 /* ; /* ; */ ; */ + 1',
  'a dollar-quoted body': 'DO $$ BEGIN PERFORM 1; END $$',
  'a body with a tag, and another inside': 'DO $a$ BEGIN EXECUTE $b$SELECT 1;$b$; END $a$',
  'a function of the SQL standard':
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
  'a parameter and a dollar in a name': 'SELECT $1, a$b FROM t',
})) {
  test(`a semicolon in ${what} does not end a statement`, () => {
    expect(texts(`${sql};\nSELECT 'next'`)).toEqual([sql, "SELECT 'next'"]);
  });
}

test('comments and white space are not a statement', () => {
  expect(texts(' ;; -- nothing\n/* at all */ ; ')).toEqual([]);
});

test('an unclosed quote ends with the file', () => {
  expect(texts("SELECT 1; SELECT 'open; ")).toEqual(['SELECT 1', "SELECT 'open; "]);
  expect(texts('SELECT 1; DO $$ open; ')).toEqual(['SELECT 1', 'DO $$ open; ']);
});

test("the rows behind a dump's COPY belong to it", () => {
  const sql = "COPY public.a (id, t) FROM stdin;\n1\ta;b\n2\t'\n\\.\n\nSELECT 1;\n";
  expect(splitStatements(sql)).toEqual([
    { text: 'COPY public.a (id, t) FROM stdin', line: 1, rows: "1\ta;b\n2\t'\n\\." },
    { text: 'SELECT 1', line: 6 },
  ]);
});

test('a command of psql is a line of its own', () => {
  expect(splitStatements('\\restrict x\nSELECT 1;\n\\connect other\n')).toEqual([
    { text: '\\restrict x\n', line: 1 },
    { text: 'SELECT 1', line: 2 },
    { text: '\\connect other\n', line: 3 },
  ]);
});
