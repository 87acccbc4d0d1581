import type { Definition } from '../../stores/differences/index.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const validationIgnoresForeignKeys = fault(
  'checks',
  'validation finds dangling references',
  (checks) => ({ data: checks.data.filter(({ name }) => name !== 'foreignKeys') }),
  'validation.spec.ts › validation reports a row that refers to nothing',
);

export const validationIgnoresMissingTables = fault(
  'checks',
  'validation finds missing definitions',
  (checks) => ({ schema: checks.schema.filter(({ name }) => name !== 'asCreated') }),
  'validation.spec.ts › validation reports a missing table',
);

export const diffOverlooksChangedRows = fault(
  'comparison',
  'a difference names the rows that were changed',
  (comparison) => ({
    rows: async (before, after, table) => {
      const difference = await comparison.rows(before, after, table);
      return { ...difference, changed: [], counts: { ...difference.counts, changed: 0 } };
    },
  }),
  'difference.spec.ts › a difference names what was inserted, changed and deleted',
);

export const diffOverlooksDefinitions = fault(
  'comparison',
  'a difference names the definitions that were changed',
  () => ({ definitions: () => [] }),
  'difference.spec.ts › a difference names changed definitions',
);

export const diffOverlooksPolicies = fault(
  'comparison',
  'a difference names a changed policy',
  (comparison) => ({
    definitions: (before, after) => comparison.definitions(before, after).filter(({ kind }) => kind !== 'policy'),
  }),
  "unusual-schemas.spec.ts › changes that are easily missed › a policy's role is a change",
);

export const diffOverlooksDisabledTriggers = fault(
  'comparison',
  'a difference names a disabled trigger',
  (comparison) => ({
    definitions: (before, after) =>
      comparison.definitions(
        { ...before, definitions: before.definitions.map(enabled) },
        { ...after, definitions: after.definitions.map(enabled) },
      ),
  }),
  'unusual-schemas.spec.ts › changes that are easily missed › a disabled trigger is a change',
);

function enabled(definition: Definition): Definition {
  return definition.kind === 'trigger'
    ? { ...definition, definition: definition.definition.replace(/; D$/, '; O') }
    : definition;
}

export const diffTakesNullForEmptyText = fault(
  'comparison',
  'NULL that becomes an empty text is a change',
  (comparison) => ({
    async rows(before, after, table) {
      const difference = await comparison.rows(before, after, table);
      const values = (rows: typeof difference.inserted): string =>
        JSON.stringify(rows, (_, value: unknown) => value ?? '');
      return values(difference.inserted) === values(difference.deleted)
        ? { ...difference, counts: { inserted: 0, changed: 0, deleted: 0 } }
        : difference;
    },
  }),
  'unusual-schemas.spec.ts › changes that are easily missed › NULL that became an empty text is a change',
);

export const validationIgnoresBrokenDictionaries = fault(
  'checks',
  'validation finds a dictionary that can not be used',
  (checks) => ({ schema: checks.schema.filter(({ name }) => name !== 'dictionariesWork') }),
  'validation.spec.ts › validation reports a dictionary that lacks what it needs',
);

export const validationIgnoresDisabledKeys = fault(
  'checks',
  'validation finds keys that are not checked',
  (checks) => ({
    schema: checks.schema.filter(({ name }) => name !== 'triggersEnabled' && name !== 'asCreated'),
  }),
  'validation.spec.ts › validation reports disabled triggers of a key',
);

export const validationAccusesTheSchema = fault(
  'checks',
  'validation accuses nothing that the schema itself has left open',
  (checks) => ({
    schema: checks.schema.map((check) =>
      check.name === 'asCreated' ? check : (subject) => check({ ...subject, original: [] }),
    ),
  }),
  'unusual-schemas.spec.ts › a schema with constraints that it has not validated › is valid',
);
