import fc from 'fast-check';

/** What one client does next. Which token it uses, and which numbers its messages have, is decided when it does it. */
export type Action =
  | { readonly do: 'send'; readonly instance: string; readonly kind: 'start' | 'event'; readonly delay: number }
  | { readonly do: 'sendWork'; readonly instance: string }
  | { readonly do: 'fetchTurn' | 'fetchWork' | 'renewTurn' | 'renewWork' }
  | {
      readonly do: 'ackTurn';
      readonly events: number;
      readonly work: number;
      readonly to: string | undefined;
      readonly delay: number;
      readonly cancel: boolean;
      /** Begins the instance's next execution. */
      readonly next: boolean;
      /** Uses an event id that is taken. */
      readonly repeat: boolean;
    }
  | { readonly do: 'ackWork'; readonly complete: boolean }
  | { readonly do: 'abandonTurn' | 'abandonWork'; readonly delay: number; readonly ignoreAttempt: boolean };

export type Step =
  /** One client after another; what it holds may have expired while it paused. */
  | { readonly client: number; readonly action: Action }
  /** Several clients at the same time. */
  | { readonly together: readonly { readonly client: number; readonly action: Action }[] }
  | { readonly advance: number }
  /** The client loses its connection and its tokens. */
  | { readonly kill: number };

export const clientCount = 4;
export const lockTimeout = 60_000;
// Steps of the clock and delays are so coarse that the real time, which passes as well, decides nothing.
const steps = fc.constantFrom(20_000, 40_000, 70_000);
const delay = fc.constantFrom(0, 0, 30_000);
const instance = fc.constantFrom('a', 'b', 'c');
const seldom = fc.constantFrom(false, false, false, false, true);
const count = fc.constantFrom(0, 1, 1, 2);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      instance,
      kind: fc.constantFrom('start' as const, 'event' as const),
      delay,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sendWork' as const), instance }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('fetchTurn' as const, 'fetchWork' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('renewTurn' as const, 'renewWork' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ackTurn' as const),
      events: count,
      work: count,
      to: fc.option(instance, { nil: undefined }),
      delay,
      cancel: seldom,
      next: seldom,
      repeat: seldom,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ackWork' as const), complete: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('abandonTurn' as const, 'abandonWork' as const),
      delay,
      ignoreAttempt: fc.boolean(),
    }),
  },
);

const client = fc.integer({ min: 1, max: clientCount });
const turn = fc.record({ client, action });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: turn },
  {
    weight: 3,
    arbitrary: fc.record({
      together: fc.uniqueArray(turn, { minLength: 2, maxLength: 3, selector: (one) => one.client }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ advance: steps }) },
  { weight: 1, arbitrary: fc.record({ kill: client }) },
);

/** Histories of fifty steps, which shrink to fewer. */
export const histories: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: 50, size: 'max' });
