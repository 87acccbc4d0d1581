import fc from 'fast-check';
import type { Step } from './steps.ts';

/** Where the next attempt to leave steps out begins: so many steps, up to a place. */
interface Attempt {
  readonly size: number;
  readonly end: number;
}

/**
 * Histories that shrink by leaving out steps: half of them, then a quarter, and so on, from the end on, since what
 * comes after a broken promise is not needed. Each history that still breaks a promise goes on where it was made, so
 * that some fifty attempts do for fifty steps; then, steps of several clients at the same time lose clients.
 */
export class ShrinkingHistories extends fc.Arbitrary<Step[]> {
  readonly #histories: fc.Arbitrary<Step[]>;

  constructor(histories: fc.Arbitrary<Step[]>) {
    super();
    this.#histories = histories;
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Step[]> {
    return new fc.Value(this.#histories.generate(random, bias).value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Step[] {
    return Array.isArray(value);
  }

  override shrink(steps: Step[], context?: unknown): fc.Stream<fc.Value<Step[]>> {
    return fc.stream(shorter(steps, context as Attempt | undefined));
  }
}

function* shorter(steps: Step[], attempt?: Attempt): Generator<fc.Value<Step[]>, void> {
  const first = attempt?.size ?? Math.ceil(steps.length / 2);
  for (let size = Math.min(first, steps.length - 1); size >= 1; size = Math.floor(size / 2)) {
    const from = size === attempt?.size ? Math.min(attempt.end, steps.length) : steps.length;
    for (let end = from; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      yield new fc.Value(steps.toSpliced(start, end - start), { size, end: start } satisfies Attempt);
    }
  }
  for (const [index, step] of steps.entries()) {
    if (!('together' in step)) continue;
    for (const turn of step.together) {
      const others = step.together.filter((one) => one !== turn);
      const left: Step = others.length === 1 ? others[0]! : { together: others };
      yield new fc.Value(steps.with(index, left), { size: 1, end: 0 } satisfies Attempt);
    }
  }
}
