import { UsageError } from '../../lib/usage.ts';

/** The arguments of `npm run shards`. */
export interface ShardsRequest {
  readonly shards: number;
  /** Whether the shards run at the same time. */
  readonly parallel: boolean;
  /** Passed on to `playwright test`. */
  readonly rest: readonly string[];
}

/** Options of Playwright that conflict with sharding, and what to do instead. */
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
