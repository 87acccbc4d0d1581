import { type Catalogue, hasParts, inDatabase, readCatalogues, type StoredObject, storesRows } from './catalogue.ts';
import { type Administrator, errorCode, hasCode, quoted } from './connection.ts';

/** What makes one database equal to another, in this order. */
export interface MirrorPlan {
  /** Objects that are not in the source, or not so. */
  readonly drop: readonly StoredObject[];
  /** Tables that are not there; they are cloned, rows included. */
  readonly clone: readonly StoredObject[];
  /** Tables with other rows. */
  readonly refill: readonly Refill[];
  /** Views and dictionaries that are not there. */
  readonly define: readonly StoredObject[];
}

export interface Refill {
  readonly from: StoredObject;
  readonly to: StoredObject;
}

/** Compares a database with what it should be. */
export interface Planner {
  plan(source: Catalogue, target: Catalogue): MirrorPlan;
}

export const planner: Planner = {
  plan(source, target) {
    const [present, drop] = partition([...target.values()], (object) => isAsIn(source, object));
    const names = new Set(present.map(({ name }) => name));
    const missing = [...source.values()].filter(({ name, inner }) => !inner && !names.has(name));
    const [clone, define] = partition(missing, ({ kind }) => kind === 'table');
    const refill = present.flatMap((to) => {
      const from = source.get(to.name)!;
      return sameContent(from, to) ? [] : [{ from, to }];
    });
    // What is inserted (instead of attached) goes through the materialized views that listen: those must go before.
    const inserts = [...clone, ...refill.map(({ to }) => to)].some(({ engine }) => storesRows(engine) && !hasParts(engine));
    const listeners = inserts ? present.filter(({ kind }) => kind === 'materialized view') : [];
    return {
      drop: [...drop, ...listeners].filter(({ inner }) => !inner), // which goes with what it belongs to
      clone,
      refill,
      define: [...define, ...listeners.map(({ name }) => source.get(name)!)],
    };
  },
};

function isAsIn(source: Catalogue, { name, definition, unsettled }: StoredObject): boolean {
  const original = source.get(name);
  return original !== undefined && original.definition === definition && !unsettled;
}

function sameContent({ content }: StoredObject, other: StoredObject): boolean {
  return content.size === other.content.size && [...content].every(([key, fingerprint]) => other.content.get(key) === fingerprint);
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

/** Rounds until both are equal: the rows inside a materialized view follow its definition, and parts merge meanwhile. */
const mostRounds = 6;

/**
 * Makes `target` equal to `source`: definitions, and rows by attaching the source's parts, which copies no data. What
 * is equal already is left alone, so the cost is that of what differs; and it is over when nothing differs any more.
 * Meanwhile `quiesce` ends whatever else might change the target, and says whether there was nothing of the kind.
 * @throws Error when that does not come about.
 */
export async function mirror(admin: Administrator, { plan }: Planner, source: string, target: string, quiesce: () => Promise<boolean> = async () => true): Promise<void> {
  const quieted = quiesce();
  for (let round = 1, quiet = false; ; round++) {
    const [[from, to], wasQuiet]: [(Catalogue | undefined)[], boolean] = await Promise.all([readCatalogues(admin, [source, target], { quiet }), quieted]);
    quiet = wasQuiet || round > 1; // what was going on while the first round looked is looked for in the second
    if (from === undefined) throw new Error(`There is no database ${source}.`);
    if (to === undefined) await admin.run(`CREATE DATABASE IF NOT EXISTS ${quoted(target)} ENGINE = Atomic`);
    const next = plan(from, to ?? new Map());
    const open = [...next.drop, ...next.clone, ...next.refill.map((refill) => refill.to), ...next.define].map(({ name }) => name);
    if (open.length === 0 && quiet) return;
    if (round > mostRounds) throw new Error(`${target} could not be made equal to ${source}: ${[...new Set(open)].join(', ')} would not.`);
    await carryOut(admin, next, source, target);
  }
}

async function carryOut(admin: Administrator, { drop, clone, refill, define }: MirrorPlan, source: string, target: string): Promise<void> {
  for (const object of drop.toSorted((a, b) => Number(a.kind === 'table') - Number(b.kind === 'table'))) await dropObject(admin, target, object);
  await Promise.all([
    ...clone.map((table) => cloneTable(admin, source, target, table)),
    ...refill.map((change) => refillTable(admin, source, target, change)),
  ]);
  await defineAll(admin, define.map(({ definition }) => inDatabase(definition, target)));
}

async function dropObject(admin: Administrator, database: string, { kind, physicalName }: StoredObject): Promise<void> {
  const what = kind === 'dictionary' ? 'DICTIONARY' : kind === 'table' ? 'TABLE' : 'VIEW';
  await admin.run(`DROP ${what} IF EXISTS ${quoted(database)}.${quoted(physicalName)} SYNC SETTINGS check_table_dependencies = 0, check_referential_table_dependencies = 0`);
}

async function cloneTable(admin: Administrator, source: string, target: string, { physicalName, engine, definition, content }: StoredObject): Promise<void> {
  const [from, to] = [source, target].map((database) => `${quoted(database)}.${quoted(physicalName)}`);
  if (hasParts(engine)) return admin.run(`CREATE TABLE ${to} CLONE AS ${from}`);
  await admin.run(inDatabase(definition, target));
  if (content.size > 0) await admin.run(`INSERT INTO ${to} SELECT * FROM ${from}`);
}

async function refillTable(admin: Administrator, source: string, target: string, { from, to }: Refill): Promise<void> {
  const origin = `${quoted(source)}.${quoted(from.physicalName)}`;
  const table = `${quoted(target)}.${quoted(to.physicalName)}`;
  if (!hasParts(to.engine)) {
    await admin.run(`TRUNCATE TABLE ${table}`);
    if (from.content.size > 0) await admin.run(`INSERT INTO ${table} SELECT * FROM ${origin}`);
    return;
  }
  const id = (partitionId: string): string => `PARTITION ID '${partitionId}'`;
  const replace = [...from.content].filter(([key, fingerprint]) => to.content.get(key) !== fingerprint).map(([key]) => `REPLACE ${id(key)} FROM ${origin}`);
  const drop = [...to.content.keys()].filter((key) => !from.content.has(key)).map((key) => `DROP ${id(key)}`);
  await admin.run(`ALTER TABLE ${table} ${[...replace, ...drop].join(', ')}`);
}

/** A view may stand on another one: whatever misses something is tried again when the others are there. */
async function defineAll(admin: Administrator, statements: readonly string[]): Promise<void> {
  let open = statements;
  while (open.length > 0) {
    const failed: { statement: string; error: unknown }[] = [];
    for (const statement of open) {
      await admin.run(statement).catch((error: unknown) => {
        if (!hasCode(error, errorCode.unknownTable)) throw error;
        failed.push({ statement, error });
      });
    }
    if (failed.length === open.length) throw failed[0]!.error;
    open = failed.map(({ statement }) => statement);
  }
}
