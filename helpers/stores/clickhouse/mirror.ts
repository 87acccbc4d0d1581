import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { type Catalogue, inDatabase, readCatalogues, type StoredObject } from './catalogue.ts';
import { type Administrator, literal, quoted } from './connection.ts';
import { hasParts, storesRows } from './contents.ts';
import { settingsForCopies } from './copy-settings.ts';

/** The steps that make one database equal to another, in this order. */
export interface MirrorPlan {
  /** Objects that the source does not have, or defines differently. */
  readonly drop: readonly StoredObject[];
  /** Missing tables, to be created and filled. */
  readonly clone: readonly StoredObject[];
  /** Tables whose rows differ. */
  readonly refill: readonly Refill[];
  /** Materialized views to detach while rows are inserted. */
  readonly pause: readonly StoredObject[];
  /** Missing views and dictionaries. */
  readonly define: readonly StoredObject[];
}

export interface Refill {
  readonly from: StoredObject;
  readonly to: StoredObject;
}

/** Computes the steps that make the target equal to the source. */
export interface Planner {
  plan(source: Catalogue, target: Catalogue): MirrorPlan;
}

export const planner: Planner = {
  plan(source, target) {
    const wrong = new Set(
      [...target.values()]
        .filter((object) => !isAsIn(source, object))
        .flatMap(({ name, owner }) => [name, owner ?? name]),
    );
    const stays = [...target.values()].filter(({ name, owner }) => !wrong.has(owner ?? name));
    const present = new Set(stays.map(({ name }) => name));
    const missing = [...source.values()].filter(
      ({ name, owner, kind }) => owner === undefined && kind !== 'detached table' && !present.has(name),
    );
    const clone = missing.filter(({ kind }) => kind === 'table');
    const refill = stays.flatMap((to) => {
      const from = source.get(to.name)!;
      return sameContent(from, to) ? [] : [{ from, to }];
    });
    // Rows that are inserted, rather than attached as parts, would also pass through the materialized views.
    const inserts = [...clone, ...refill.map(({ to }) => to)].some(
      ({ engine }) => storesRows(engine) && !hasParts(engine),
    );
    return {
      drop: [...target.values()].filter(({ name, owner }) => owner === undefined && wrong.has(name)),
      clone,
      refill,
      pause: inserts ? stays.filter(({ kind }) => kind === 'materialized view') : [],
      define: missing.filter(({ kind }) => kind !== 'table'),
    };
  },
};

function isAsIn(source: Catalogue, object: StoredObject): boolean {
  const { name, definition, unsettled } = object;
  const original = source.get(name);
  return (
    original !== undefined &&
    original.definition === definition &&
    !unsettled &&
    (!remembersInserts(original) || sameContent(original, object))
  );
}

/** Such a table ignores rows that were inserted before, even if deleted since, so it is created anew, not refilled. */
function remembersInserts({ definition }: StoredObject): boolean {
  return definition.includes('non_replicated_deduplication_window');
}

function sameContent({ content }: StoredObject, other: StoredObject): boolean {
  return (
    content.size === other.content.size &&
    [...content].every(([key, fingerprint]) => other.content.get(key) === fingerprint)
  );
}

/** Several rounds, because a materialized view's inner rows follow its definition, and parts merge meanwhile. */
const mostRounds = 6;

/**
 * Makes `target` equal to `source`: definitions, and rows by attaching the source's parts, which copies no data.
 * Objects that are equal already are left alone, so the cost follows what differs. Repeats until a comparison finds no
 * difference.
 * @returns the catalogues of both, as the last comparison has found them.
 * @throws Error when the two still differ after several rounds.
 */
export async function mirror(
  admin: Administrator,
  { plan }: Planner,
  source: string,
  target: string,
): Promise<readonly [source: Catalogue, target: Catalogue]> {
  for (let round = 1; ; round++) {
    const [from, to] = await readCatalogues(admin, [source, target], { quiet: round > 1 });
    if (from === undefined) throw new Error(`There is no database ${source}.`);
    refuseWhatCannotBeRead(from);
    if (to === undefined) await recreate(admin, target);
    else if (round < mostRounds && (await revealHiddenRows(admin, target, to, round))) continue;
    const present = to ?? new Map<string, StoredObject>();
    const next = plan(from, present);
    const open = [...next.drop, ...next.clone, ...next.refill.map((refill) => refill.to), ...next.define].map(
      ({ name }) => name,
    );
    if (open.length === 0) return [from, present];
    if (round > mostRounds)
      throw new Error(`${target} could not be made equal to ${source}: ${[...new Set(open)].join(', ')} would not.`);
    await carryOut(admin, next, source, target);
  }
}

/** For a database that is missing or that a test role has replaced by one with another engine or a comment. */
async function recreate(admin: Administrator, database: string): Promise<void> {
  await admin.run(`DROP DATABASE IF EXISTS ${quoted(database)} SYNC`);
  await admin.run(`CREATE DATABASE ${quoted(database)} ENGINE = Atomic`);
}

function refuseWhatCannotBeRead(source: Catalogue): void {
  const unreadable = [...source.values()].find(({ engine }) => engine === 'Set');
  if (unreadable !== undefined)
    throw new Error(
      `Table ${unreadable.name} has engine Set, whose rows cannot be read and so not be brought back: use Join or Memory instead.`,
    );
}

/** Makes detached tables and buffered rows visible to the comparison; returns whether there were any. */
async function revealHiddenRows(
  admin: Administrator,
  database: string,
  catalogue: Catalogue,
  round: number,
): Promise<boolean> {
  const detached = [...catalogue.values()].filter(({ kind }) => kind === 'detached table');
  const buffers = round > 1 ? [] : [...catalogue.values()].filter(({ engine }) => engine === 'Buffer');
  try {
    for (const { physicalName } of detached)
      await admin.run(`ATTACH TABLE ${quoted(database)}.${quoted(physicalName)}`);
    for (const { physicalName } of buffers)
      await admin.run(`OPTIMIZE TABLE ${quoted(database)}.${quoted(physicalName)}`);
  } catch (error) {
    if (error instanceof EnvironmentUnavailable) throw error;
    await recreate(admin, database); // a table that cannot be attached can only be dropped with its database
  }
  return detached.length + buffers.length > 0;
}

/** Takes the steps of a plan. */
export async function carryOut(
  admin: Administrator,
  { drop, clone, refill, pause, define }: MirrorPlan,
  source: string,
  target: string,
): Promise<void> {
  // A view that refreshes by itself would fill a copy as soon as it is created.
  const statementOf = ({ definition, kind }: StoredObject): string =>
    inDatabase(
      kind === 'materialized view' && / REFRESH (EVERY|AFTER) /.test(definition)
        ? definition.replace(/(?= DEFINER = | AS (SELECT|WITH) )/, ' EMPTY')
        : definition,
      target,
    );
  const isDictionary = ({ kind }: StoredObject): boolean => kind === 'dictionary';
  for (const object of drop.toSorted((a, b) => Number(a.kind === 'table') - Number(b.kind === 'table')))
    await dropObject(admin, target, object);
  // Dictionaries come with the tables, because a column's default may read one.
  await defineAll(admin, [...clone, ...define.filter(isDictionary)].map(statementOf));
  const paused = pause.map(({ physicalName }) => `${quoted(target)}.${quoted(physicalName)}`);
  try {
    for (const view of paused) await admin.run(`DETACH TABLE ${view} SYNC`);
    await Promise.all([
      ...clone.map((table) => fillTable(admin, source, target, table)),
      ...refill.map((change) => refillTable(admin, source, target, change)),
    ]);
  } finally {
    for (const view of paused) await admin.run(`ATTACH TABLE ${view}`);
  }
  await defineAll(admin, define.filter((object) => !isDictionary(object)).map(statementOf));
}

async function dropObject(admin: Administrator, database: string, { kind, physicalName }: StoredObject): Promise<void> {
  const what = kind === 'dictionary' ? 'DICTIONARY' : kind === 'table' ? 'TABLE' : 'VIEW';
  await admin.run(
    `DROP ${what} IF EXISTS ${quoted(database)}.${quoted(physicalName)} SYNC SETTINGS check_table_dependencies = 0, check_referential_table_dependencies = 0`,
  );
}

async function fillTable(admin: Administrator, source: string, target: string, table: StoredObject): Promise<void> {
  if (table.content.size > 0)
    await refillTable(admin, source, target, { from: table, to: { ...table, content: new Map() } });
}

async function refillTable(admin: Administrator, source: string, target: string, { from, to }: Refill): Promise<void> {
  const origin = `${quoted(source)}.${quoted(from.physicalName)}`;
  const table = `${quoted(target)}.${quoted(to.physicalName)}`;
  if (!hasParts(to.engine)) {
    if (to.content.size > 0) await admin.run(`TRUNCATE TABLE ${table}`);
    if (from.content.size > 0) await copyRows(admin, source, from, table);
    return;
  }
  const id = (partitionId: string): string => `PARTITION ID ${literal(partitionId)}`;
  const replace = [...from.content]
    .filter(([key, fingerprint]) => to.content.get(key) !== fingerprint)
    .map(([key]) => `REPLACE ${id(key)} FROM ${origin}`);
  const drop = [...to.content.keys()].filter((key) => !from.content.has(key)).map((key) => `DROP ${id(key)}`);
  await admin.run(`ALTER TABLE ${table} ${[...replace, ...drop].join(', ')}`);
}

/** Copies materialized columns too: computing them again might give other values. */
async function copyRows(
  admin: Administrator,
  source: string,
  { physicalName }: StoredObject,
  table: string,
): Promise<void> {
  const columns = await admin.rows<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = ${literal(source)} AND table = ${literal(physicalName)} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY position`,
  );
  const list = columns.map(({ name }) => quoted(name)).join(', ');
  await admin.run(
    `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${quoted(source)}.${quoted(physicalName)} SETTINGS insert_allow_materialized_columns = 1`,
  );
}

/** Retries failed statements after the others, because one object may depend on another. */
async function defineAll(admin: Administrator, statements: readonly string[]): Promise<void> {
  const settings = statements.length === 0 ? {} : await settingsForCopies(admin);
  let open = statements;
  while (open.length > 0) {
    const failed: { statement: string; error: unknown }[] = [];
    for (const statement of open) {
      await admin.run(statement, settings).catch((error: unknown) => {
        if (error instanceof EnvironmentUnavailable) throw error;
        failed.push({ statement, error });
      });
    }
    if (failed.length === open.length) throw failed[0]!.error;
    open = failed.map(({ statement }) => statement);
  }
}
