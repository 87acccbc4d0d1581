import { listed, nothing } from '../../validation/index.ts';
import { definitionsOf, readCatalogues } from '../catalogue.ts';
import { quoted } from '../connection.ts';
import type { Check } from './check.ts';

/** A test may add objects, but those that the tables were created with must exist unaltered. */
const asCreated: Check = async ({ admin, name, template }) => {
  const [original = [], now = []] = (await readCatalogues(admin, [template, name])).map((catalogue) =>
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

/** A view can outlive the tables that it reads, and then fails only when it is queried. */
const viewsAnswer: Check = async ({ admin, name }) => {
  const [catalogue] = await readCatalogues(admin, [name]);
  const views = [...(catalogue ?? new Map()).values()].filter(
    ({ kind, definition }) => kind === 'dictionary' || (kind === 'view' && !hasParameters(definition)),
  );
  const failures = await Promise.all(
    views.map(async ({ physicalName }) => {
      const failure = await admin
        .rows(`SELECT * FROM ${quoted(name)}.${quoted(physicalName)} LIMIT 0`)
        .then(() => undefined, String);
      return failure === undefined ? [] : [`${physicalName}: ${failure}`];
    }),
  );
  return nothing('every view and dictionary can be read', listed(failures.flat()), 'none that cannot');
};

/** A parameterized view is read as `view(name = value)`, and no valid values are known here. */
function hasParameters(definition: string): boolean {
  return /\{\w+\s*:\s*\w+/.test(definition);
}

export const schemaChecks: readonly Check[] = [asCreated, viewsAnswer];
