/** One of the parallel tasks of a technique. Only `run` is timed. */
export interface Lane {
  /** Sets up what `run` needs. */
  prepare?(): Promise<void>;
  run(): Promise<void>;
  /** Checks and removes the results of `run`, and waits until nothing continues in the background. */
  tidy?(): Promise<void>;
}

/** One way to do something. Most have one lane; several lanes show its behaviour under load. */
export interface Technique {
  readonly name: string;
  readonly lanes: readonly Lane[];
}

/** The measurements of one technique, in milliseconds. */
export interface Series {
  /** Each lane of each round. */
  readonly each: number[];
  /** Each round, from its first lane's start to its last lane's end. */
  readonly rounds: number[];
}

export interface Rounds {
  /** Uncounted rounds at the beginning: caches fill, code is compiled. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Called before each measurement, so that all begin in the same state. */
  readonly before?: () => Promise<void>;
}

/** Measures techniques in turn, A B C A B C, so that the machine's drift affects all of them alike. */
export async function interleave(
  techniques: readonly Technique[],
  { warmUp, rounds, before }: Rounds,
): Promise<ReadonlyMap<string, Series>> {
  const series = new Map(techniques.map(({ name }): [string, Series] => [name, { each: [], rounds: [] }]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, lanes } of techniques) {
      await Promise.all(lanes.map(async (lane) => lane.prepare?.()));
      await before?.();
      const start = performance.now();
      const each = await Promise.all(lanes.map((lane) => timed(() => lane.run())));
      const total = performance.now() - start;
      await Promise.all(lanes.map(async (lane) => lane.tidy?.()));
      if (round < 0) continue;
      series.get(name)!.each.push(...each);
      series.get(name)!.rounds.push(total);
    }
  }
  return series;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
