import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresDatabase } from '../../../helpers/stores/postgres/index.ts';

const company = `
  CREATE TABLE departments (id serial PRIMARY KEY, name text NOT NULL, head int, note text);
  CREATE TABLE employees (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, department int NOT NULL REFERENCES departments,
    boss int REFERENCES employees, badge bigint DEFAULT 7, skills text[], profile jsonb);
  ALTER TABLE departments ADD CONSTRAINT head FOREIGN KEY (head) REFERENCES employees DEFERRABLE;
  CREATE SCHEMA "Shop"; CREATE TABLE "Shop".orders (id serial, employee int REFERENCES public.employees, at date);`;

test.use({
  schema: { name: 'company', apply: async (client) => void (await client.query(company)) },
  dataset: path.join(import.meta.dirname, 'seed'),
});

test('files beside each other are loaded, tables in any order, with what is in them', async ({ postgres }) => {
  expect(await postgres.query('SELECT * FROM departments ORDER BY id')).toEqual([
    { id: 1, name: 'Sales, and\nmore', head: 3, note: null },
    { id: 2, name: 'SUPPORT', head: null, note: '' },
  ]);
  expect(await postgres.query('SELECT boss, badge, skills, profile FROM employees ORDER BY id')).toEqual([
    { boss: 3, badge: '9007199254740993', skills: null, profile: null },
    { boss: 3, badge: '7', skills: ['tea', 'a "b"'], profile: { likes: [1, { deep: true }] } },
    { boss: null, badge: '7', skills: null, profile: null },
  ]);
  expect(await postgres.query('SELECT id, at::text FROM "Shop".orders')).toEqual([{ id: 1, at: '2024-05-01' }]);
});

test('foreign keys are again as they were, and keep their promise', async ({ postgres }) => {
  expect(
    await postgres.query(
      "SELECT conname AS name, condeferrable AS deferrable, condeferred AS deferred FROM pg_constraint WHERE contype = 'f' AND condeferrable OR condeferred",
    ),
  ).toEqual([{ name: 'head', deferrable: true, deferred: false }]);
  await expect(postgres.query('DELETE FROM employees WHERE id = 3')).rejects.toMatchObject({
    code: '23503',
    message: expect.stringContaining('\nDetail: Key (id)=(3) is still referenced from table'),
    stack: expect.stringContaining('\nDetail: Key (id)=(3) is still referenced from table'),
  });
  await expect(postgres).toBeValid();
});

test('the next inserted row gets a key that no file has', async ({ postgres }) => {
  expect(await postgres.query("INSERT INTO employees (name, department) VALUES ('Dora', 2) RETURNING id")).toEqual([
    { id: 4 },
  ]);
});

for (const isolation of ['database', 'reset', 'rollback'] as const) {
  test.describe(`isolation '${isolation}'`, () => {
    test.use({ isolation });

    test(`a test loads more rows itself (isolation '${isolation}')`, async ({ postgres }) => {
      await postgres.load({
        employees: [{ id: 4, name: 'Dora', department: 3 }],
        departments: [{ id: 3, name: 'Lab', head: 4 }],
      });
      await expect(postgres.load({ departments: [{ name: 'Other' }, { id: 3, name: 'Lab' }] })).rejects.toThrow(
        'Row 2: duplicate key value violates unique constraint "departments_pkey" (Key (id)=(3) already exists.)',
      );
      await expect(postgres).toHaveRows('departments', 3);
      await postgres.query("INSERT INTO employees (name, department) VALUES ('Eve', 3)");
      await expect(postgres).toHaveRow('employees', { id: 5, name: 'Eve' });
    });
  });
}

const employees = (row: string): string => `name,department\nDora,1\n"Eve\nof two lines",2\n${row}\n`;

for (const { what, name, text, sentence } of [
  {
    what: 'a table that is not there',
    name: 'staff.csv',
    text: 'id\n1',
    sentence: 'staff.csv:1: there is no table staff: the schema has "Shop".orders, departments, employees.',
  },
  {
    what: 'a column that is not there',
    name: 'employees.csv',
    text: 'name,room\nDora,1',
    sentence: 'employees.csv:1: column "room" of relation "employees" does not exist',
  },
  {
    what: 'a value of another type',
    name: 'employees.csv',
    text: employees('Fay,two'),
    sentence: 'employees.csv:5: invalid input syntax for type integer: "two"',
  },
  {
    what: 'a value too many',
    name: 'employees.csv',
    text: employees('Fay,2,3'),
    sentence: 'employees.csv:5: extra data after last expected column',
  },
  {
    what: 'a row that refers to nothing',
    name: 'employees.csv',
    text: employees('Fay,9'),
    sentence:
      'employees.csv:5: insert or update on table "employees" violates foreign key constraint "employees_department_fkey" (Key (department)=(9) is not present in table "departments".)',
  },
  {
    what: 'an empty file',
    name: 'employees.csv',
    text: '',
    sentence: 'employees.csv:1: it is empty: its first line has to name the columns',
  },
  {
    what: 'a row of JSON that refers to nothing',
    name: 'rows.json',
    text: '{\n "departments": [],\n "employees": [\n  {"name": "Dora", "department": 1},\n  {"name": "Eve", "department": 9}]}',
    sentence: 'rows.json:5: insert or update on table "employees" violates foreign key',
  },
  {
    what: 'a row of JSON that refers to nothing in a circle',
    name: 'rows.json',
    text: '{"departments": [{"id": 5, "name": "Lab"}],\n "employees": [{"name": "Dora", "department": 5, "boss": 1},\n  {"name": "Eve", "department": 5},\n {"name": "Fay", "department": 5, "boss": 99}]}',
    sentence:
      'rows.json:4: insert or update on table "employees" violates foreign key constraint "employees_boss_fkey"',
  },
  {
    what: 'a value of another type in JSON',
    name: 'departments.json',
    text: '[\n {"id": 5, "name": "[{"},\n {"id": "x"}\n]',
    sentence: 'departments.json:3: invalid input syntax for type integer: "x"',
  },
  {
    what: 'malformed JSON',
    name: 'departments.json',
    text: '[\n {"id": 5},\n {"id": }\n]',
    sentence: 'departments.json:3: it is no JSON: value expected.',
  },
  {
    what: 'a comment in JSON',
    name: 'departments.json',
    text: '[\n {"id": 5}\n // more\n]',
    sentence: 'departments.json:3: it is no JSON: invalid comment token.',
  },
  {
    what: 'a quote that is not closed',
    name: 'employees.csv',
    text: 'name,department\nDora,1\n"Eve,2\n',
    sentence:
      'employees.csv:3: it is no CSV: Quote Not Closed: the parsing is finished with an opening quote at line 3.',
  },
  {
    what: 'JSON without rows',
    name: 'departments.json',
    text: '{"departments": 3}',
    sentence: 'departments.json:1: "departments" has no rows: write an array of objects',
  },
  {
    what: 'failing SQL',
    name: 'more.sql',
    text: 'SELECT 1;\nSELECT wrong;',
    sentence: 'more.sql:2: column "wrong" does not exist',
  },
  {
    what: 'a file of another kind',
    name: 'users.tsv',
    text: 'id',
    sentence: 'users.tsv cannot be a dataset: rows come from files named .csv, .json or .sql.',
  },
]) {
  test(`${what} is refused with file and line, and nothing is loaded`, async ({ postgres }, testInfo) => {
    const file = testInfo.outputPath(name);
    writeFileSync(file, text);
    await expect(postgres.load(file)).rejects.toThrow(sentence);
    await expectLoaded(postgres);
  });
}

test('a path that does not exist is named', async ({ postgres }) => {
  await expect(postgres.load('./no-seed')).rejects.toThrow(
    `Unknown dataset './no-seed': known are minimal, basic_workflow, multi_user, performance, analytics and empty, and there is no file or folder ${path.join(import.meta.dirname, 'no-seed')}.`,
  );
});

async function expectLoaded(postgres: PostgresDatabase): Promise<void> {
  await expect(postgres).toHaveRows('employees', 3);
  await expect(postgres).toHaveRows('departments', 2);
}
