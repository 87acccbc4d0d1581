import { messageOf } from '../../lib/environment.ts';

/** Why statements that reach outside the database are refused, each in one sentence that says what to write instead. */

/** Engines that fetch rows by themselves, from a template and a snapshot as well. */
const consumers = /^(Kafka|RabbitMQ|NATS|\w+Queue|FileLog|MaterializedPostgreSQL)$/;

const oneServer = "a test's database is on one server alone";

export function whyNotEngine(engine: string): string {
  const alone = engine.replace(/^(Replicated|Shared)/, '');
  if (alone !== engine) return `ENGINE = ${engine} needs a cluster with a Keeper, and ${oneServer}: write ${alone}`;
  return consumers.test(engine)
    ? `ENGINE = ${engine} fetches rows from another server, and would do so for every template and snapshot: ` +
        'write ENGINE = Null, so that a test can insert what would have been fetched'
    : `ENGINE = ${engine} reaches outside the database, where no reset puts anything back: ` +
        'write MergeTree, and insert the rows';
}

/** Why this statement, without comments and texts, is refused on every server; undefined when it may run. */
export function whyNotRun(code: string): string | undefined {
  if (/\bON\s+CLUSTER\b/i.test(code)) return `ON CLUSTER needs a cluster, and ${oneServer}: leave it out`;
  const engine = /^\s*(?:CREATE|ATTACH|REPLACE)\b[^]*?\bENGINE\s*=?\s*(\w+)/i.exec(code)?.[1] ?? '';
  if (consumers.test(engine) || /^(Replicated|Shared)\w*MergeTree$/.test(engine)) return whyNotEngine(engine);
  if (/^\s*(?:CREATE|ALTER|DROP)\s+(?:ROW\s+)?POLICY\b/i.test(code)) return forAll('ROW POLICY');
  return undefined;
}

/** What the server says when a right is missing, as a sentence; undefined for other errors. */
export function whyDenied(error: unknown): string | undefined {
  const [, right, place] = /necessary to have the grant (.+?) ON (\S+?)\.?(?:\s|$)/.exec(messageOf(error)) ?? [];
  if (right === undefined || place === undefined) return undefined;
  if (right === 'TABLE ENGINE') return whyNotEngine(place);
  if (/^(READ|WRITE)/.test(right))
    return `It needs ${right} ON ${place}, which is outside the database: insert the rows instead`;
  const database = place.replace(/\.[^.]*$/, '');
  return database === '*' || database === place
    ? forAll(right)
    : `${database} is another database, and a test has one alone: leave its name out`;
}

const instead: readonly (readonly [what: RegExp, mend: string])[] = [
  [/FUNCTION/, 'write its expression where it is used'],
  [/NAMED COLLECTION/, 'write its values where they are used'],
  [/USER|ROLE|QUOTA|PROFILE/, 'leave it out, since a test has a user with every right in its database'],
  [/POLICY/, 'leave it out, and test it on a server of its own'],
];

function forAll(right: string): string {
  const mend = instead.find(([what]) => what.test(right))?.[1] ?? 'leave it out';
  return `${right} concerns the whole server, and not this database alone: ${mend}`;
}
