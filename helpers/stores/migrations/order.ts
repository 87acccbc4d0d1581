import { UsageError } from '../../lib/usage.ts';

/** An ending that says in every folder that a file leads down: golang-migrate's, sqlx's and postgrator's. */
const down = /\.(?:down|undo|rollback)(?:\.[^.]+)*\.sql$/i;
/** One that says so only beside the file that leads up, since `1_shut_down.sql` may be a migration like any other. */
const perhapsDown = /[_-](?:down|undo|rollback)\.sql$/i;
const versioned = /^V(\d+(?:[._]\d+)*)__.+\.sql$/;
const baseline = /^B(\d+(?:[._]\d+)*)__.+\.sql$/;
const undone = /^U\d+(?:[._]\d+)*__.+\.sql$/;
const repeatable = /^R__.+\.sql$/;

/**
 * Names of migrations in the order in which their tool runs them, without those that lead down: Flyway's versions and
 * then its repeatables, all others by their numbers, whether these have leading zeros or not.
 * @throws UsageError when names do not say in which order.
 */
export function inOrder(names: readonly string[]): string[] {
  return names.some((name) => versioned.test(name) || repeatable.test(name)) ? byFlyway(names) : byNumber(names);
}

function byFlyway(names: readonly string[]): string[] {
  const stranger = names.find((name) => ![versioned, baseline, undone, repeatable].some((known) => known.test(name)));
  if (stranger !== undefined)
    throw new UsageError(
      `${stranger} has no name of Flyway's, as others beside it have (V1__name.sql, R__name.sql): when is it to run?`,
    );
  const versions = (kind: RegExp): { name: string; version: number[] }[] =>
    names
      .flatMap((name) => {
        const version = kind.exec(name)?.[1];
        return version === undefined ? [] : [{ name, version: version.split(/[._]/).map(Number) }];
      })
      .toSorted((one, other) => compare(one.version, other.version));
  const start = versions(baseline).at(-1);
  const rest = versions(versioned).filter(({ version }) => start === undefined || compare(version, start.version) > 0);
  rest.forEach(({ name, version }, index) => {
    const former = rest[index - 1];
    if (former !== undefined && compare(former.version, version) === 0)
      throw new UsageError(`${former.name} and ${name} have the same version: which is to run first?`);
  });
  const again = names.filter((name) => repeatable.test(name)).toSorted();
  return [...(start === undefined ? [] : [start.name]), ...rest.map(({ name }) => name), ...again];
}

function byNumber(names: readonly string[]): string[] {
  const ups = names.filter((name) => !down.test(name) && !hasUpBeside(name, names));
  if (ups.length === 0 && names.length > 0)
    throw new UsageError(`${names[0]} leads down, and no file beside it leads up: is the other folder meant?`);
  const sorted = ups.toSorted((one, other) => compareNatural(one, other));
  sorted.forEach((name, index) => {
    const former = sorted[index - 1];
    if (former === undefined) return;
    const [one, other] = [former, name].map((text) => /^\d+/.exec(text)?.[0]);
    if (one === undefined || other === undefined || one === other) return;
    if (BigInt(one) === BigInt(other))
      throw new UsageError(`${former} and ${name} have the same number: which is to run first?`);
    if (isDate(one) && isDate(other) && one > other)
      throw new UsageError(
        `${former} runs before ${name} by their numbers, and after it by their dates: which is to run first?`,
      );
  });
  return sorted;
}

function hasUpBeside(name: string, names: readonly string[]): boolean {
  if (!perhapsDown.test(name)) return false;
  const base = name.replace(perhapsDown, '');
  return [`${base}.sql`, `${base}_up.sql`, `${base}-up.sql`].some((up) => names.includes(up));
}

/** A number that begins with a day, as 20240131 and 20240131154352 do. */
const isDate = (number: string): boolean => /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(number);

/** Digits by their value, all else by its characters. */
function compareNatural(one: string, other: string): number {
  const runs = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [parts, others] = [runs(one), runs(other)];
  for (let index = 0; index < Math.min(parts.length, others.length); index += 1) {
    const [left, right] = [parts[index]!, others[index]!];
    if (left === right) continue;
    if (/^\d/.test(left) && /^\d/.test(right) && BigInt(left) !== BigInt(right))
      return BigInt(left) < BigInt(right) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return parts.length - others.length;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
