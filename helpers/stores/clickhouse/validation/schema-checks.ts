import { listed, nothing } from '../../validation/index.ts';
import { definitionsOf, readCatalogues } from '../catalogue.ts';
import { type Administrator, literal, quoted } from '../connection.ts';
import type { Check } from './check.ts';

/** A test may add objects, but those that the tables were created with must exist unaltered. */
const asCreated: Check = async ({ admin, name, template }) => {
  const [original = [], now = []] = (await readCatalogues(admin, [template, name], { quiet: true })).map((catalogue) =>
    definitionsOf(catalogue ?? new Map()),
  );
  const found = original.flatMap(({ kind, name: object, definition }) => {
    const present = now.find((other) => other.kind === kind && other.name === object);
    return present === undefined
      ? [`${kind} ${object} is missing`]
      : present.definition === definition
        ? []
        : [`${kind} ${object} was altered`];
  });
  return nothing('everything that was created is there as created', listed(found), `${original.length} definitions`);
};

/**
 * A view can outlive the tables that it reads, and fails only when it is queried; a materialized view, when a row is
 * inserted into what it reads. A parameterized view is left out, since no valid values are known here.
 */
const viewsAnswer: Check = async ({ admin, name }) => {
  const views = await admin.rows<{ view: string; query: string }>(`
    SELECT name AS view, as_select AS query FROM system.tables
    WHERE database = ${literal(name)} AND engine IN ('View', 'MaterializedView')
      AND empty(parameterized_view_parameters) ORDER BY name`);
  const failures = await Promise.all(
    views.map(({ view, query }) =>
      failureOf(view, async () => {
        await admin.rows(`SELECT * FROM ${quoted(name)}.${quoted(view)} LIMIT 0`);
        await admin.text(`EXPLAIN ${query}`);
      }),
    ),
  );
  return nothing('every view can be read', listed(failures.flat()), 'none that cannot');
};

/**
 * Loading is what fails when the source of a dictionary is gone, or has other columns than it. One that loads nothing
 * (CACHE, DIRECT) is asked for a key.
 */
const dictionariesLoad: Check = async ({ admin, name }) => {
  const dictionaries = await admin.rows<{ dictionary: string }>(
    `SELECT name AS dictionary FROM system.tables WHERE database = ${literal(name)} AND engine = 'Dictionary'
      ORDER BY name`,
  );
  const failures = await Promise.all(
    dictionaries.map(({ dictionary }) =>
      failureOf(dictionary, async () => {
        await admin.run(`SYSTEM RELOAD DICTIONARY ${quoted(name)}.${quoted(dictionary)}`);
        await askForKey(admin, name, dictionary);
      }),
    ),
  );
  return nothing('every dictionary can be loaded', listed(failures.flat()), 'none that cannot');
};

async function askForKey(admin: Administrator, database: string, dictionary: string): Promise<void> {
  const [loadsNothing] = await admin.rows<{ type: string; keys: string[] }>(
    `SELECT type, \`key.types\` AS keys FROM system.dictionaries WHERE database = ${literal(database)}
      AND name = ${literal(dictionary)} AND match(type, 'Cache|Direct')`,
  );
  if (loadsNothing === undefined) return;
  const key = loadsNothing.keys.map((type) => `defaultValueOfTypeName(${literal(type)})`).join(', ');
  await admin.rows(
    `SELECT dictHas(${literal(`${database}.${dictionary}`)}, ${loadsNothing.type.startsWith('ComplexKey') ? `tuple(${key})` : key})`,
  );
}

async function failureOf(what: string, work: () => Promise<void>): Promise<string[]> {
  const failure = await work().then(() => undefined, String);
  return failure === undefined ? [] : [`${what}: ${failure}`];
}

export const schemaChecks: readonly Check[] = [asCreated, viewsAnswer, dictionariesLoad];
