import { UsageError } from '../../lib/usage.ts';

/** What `npm run shards` was asked for. */
export interface ShardsRequest {
  readonly shards: number;
  /** All at once, not one after the other. */
  readonly parallel: boolean;
  /** For `playwright test`. */
  readonly rest: readonly string[];
}

/** Options of Playwright that would undo what a shard is given, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  '--shard': 'say how many shards there are, and each gets its own',
  '--reporter': 'it would take the place of the reporters that shards need; --add-reporter adds one',
  '--output': 'each shard has a folder of its own in test-results',
};

/** @throws UsageError */
export function readArguments([count = '', ...others]: readonly string[]): ShardsRequest {
  if (!/^[1-9]\d{0,2}$/.test(count))
    throw new UsageError(
      `How many shards comes first, from 1 to 999, as in "npm run shards -- 3 specs/databases"; ${count === '' ? 'nothing is' : `"${count}" is`} there.`,
    );
  const option = others.map((argument) => argument.replace(/=.*/, '')).find((name) => Object.hasOwn(refused, name));
  if (option !== undefined) throw new UsageError(`${option} does not go with "npm run shards": ${refused[option]}.`);
  return {
    shards: Number(count),
    parallel: others.includes('--parallel'),
    rest: others.filter((argument) => argument !== '--parallel'),
  };
}
