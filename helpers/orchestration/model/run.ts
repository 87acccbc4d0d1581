import type { OpenStore } from '../store-module.ts';
import type { Message, OrchestrationItem, OrchestrationStore, Turn, WorkItem } from '../store.ts';
import { Timeline } from '../timeline.ts';
import { type Call, make, type Outcome } from './calls.ts';
import { apply, emptyState, type ModelState } from './model.ts';
import { type Action, clientCount, lockTimeout, type Step } from './steps.ts';

/** A history in which the store did what no correct store does. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

interface ModelClient {
  store: OrchestrationStore;
  /** The turn and the work that it has fetched last; it does not know whether they have expired. */
  turn: OrchestrationItem | undefined;
  work: string | undefined;
}

/** Decorates each client of the store under test. */
export type Decorate = (store: OrchestrationStore) => OrchestrationStore;

/**
 * Plays a history on an empty store, and compares what came of each step with what a correct store does.
 * @throws BrokenPromise with the promise that the store breaks.
 */
export async function play(
  steps: readonly Step[],
  store: OpenStore,
  decorate: Decorate,
  timeline = new Timeline(),
): Promise<void> {
  const history = new HistoryRun(store, decorate, timeline);
  await history.connectAll();
  try {
    for (const step of steps) await history.take(step);
    await history.drain();
  } finally {
    await history.close();
  }
}

class HistoryRun {
  readonly #store: OpenStore;
  readonly #decorate: Decorate;
  readonly #timeline: Timeline;
  readonly #clients: ModelClient[] = [];
  /** What the store may contain: several states, where operations ran at the same time. */
  #possible: ModelState[] = [emptyState()];
  #number = 0;
  readonly #activities: WorkItem[] = [];

  constructor(store: OpenStore, decorate: Decorate, timeline: Timeline) {
    this.#store = store;
    this.#decorate = decorate;
    this.#timeline = timeline;
  }

  async connectAll(): Promise<void> {
    for (let client = 1; client <= clientCount; client += 1)
      this.#clients.push({ store: await this.#connect(client), turn: undefined, work: undefined });
  }

  async #connect(client: number): Promise<OrchestrationStore> {
    return this.#timeline.record(client, this.#decorate(await this.#store.connect()));
  }

  async take(step: Step): Promise<void> {
    if ('advance' in step) {
      this.#timeline.note('advance', step.advance);
      await this.#store.advance(step.advance);
      for (const state of this.#possible) state.now += step.advance;
    } else if ('kill' in step) {
      this.#timeline.note('kill client', step.kill);
      const killed = this.#clients[step.kill - 1]!;
      await killed.store.close();
      Object.assign(killed, { store: await this.#connect(step.kill), turn: undefined, work: undefined });
    } else {
      const turns = 'together' in step ? step.together : [step];
      const calls = turns.map(({ client, action }) => ({
        client: this.#clients[client - 1]!,
        call: this.#callOf(this.#clients[client - 1]!, action),
      }));
      const outcomes = await Promise.all(calls.map(({ client, call }) => this.#make(client, call)));
      this.#explain(calls.map(({ call }, index) => [call, outcomes[index]!] as const));
    }
  }

  /** Takes every turn and does all work that is left; nothing may be lost, and histories are as they were written. */
  async drain(): Promise<void> {
    await this.take({ advance: 200_000 });
    const [client] = this.#clients;
    const perform = async (call: Call): Promise<Outcome> => {
      const outcome = await this.#make(client!, call);
      this.#explain([[call, outcome]]);
      return outcome;
    };
    for (let isDone = false; !isDone;) {
      const turn = await perform({ operation: 'fetchOrchestrationItem', lockTimeout });
      const { turn: item } = client!;
      isDone = turn.refused === undefined && turn.value === undefined;
      if (!isDone && item !== undefined)
        await perform({
          operation: 'ackOrchestrationItem',
          token: item.token,
          turn: { execution: item.execution, metadata: naming },
        });
    }
    for (let isDone = false; !isDone;) {
      const work = await perform({ operation: 'fetchWorkItem', lockTimeout });
      isDone = work.refused === undefined && work.value === undefined;
      if (!isDone) await perform({ operation: 'ackWorkItem', token: client!.work!, completion: undefined });
    }
    for (const instance of ['a', 'b', 'c']) await perform({ operation: 'read', instance });
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(({ store }) => store.close()));
  }

  async #make(client: ModelClient, call: Call): Promise<Outcome> {
    const outcome = await make(call, client.store);
    if (outcome.refused === undefined && outcome.value !== undefined) {
      if (call.operation === 'fetchOrchestrationItem') client.turn = outcome.value as OrchestrationItem;
      if (call.operation === 'fetchWorkItem') client.work = (outcome.value as { token: string }).token;
    }
    return outcome;
  }

  /** Keeps the states that some order of the calls leads to. */
  #explain(made: readonly (readonly [Call, Outcome])[]): void {
    let broken: string | undefined;
    const next = this.#possible.flatMap((state) =>
      ordersOf(made).flatMap((order) => {
        const copy = structuredClone(state);
        for (const [call, outcome] of order) {
          const problem = apply(copy, call, outcome, made.length > 1);
          broken ??= problem;
          if (problem !== undefined) return [];
        }
        return [copy];
      }),
    );
    if (next.length === 0) throw new BrokenPromise(broken);
    const distinct = new Map(next.map((state) => [fingerprint(state), state]));
    this.#possible = [...distinct.values()];
  }

  #callOf(client: ModelClient, action: Action): Call {
    const turnToken = client.turn?.token ?? 'invented';
    const workToken = client.work ?? 'invented';
    switch (action.do) {
      case 'send':
        return {
          operation: 'enqueueForOrchestrator',
          message: this.#message(action.instance, action.kind),
          delay: action.delay,
        };
      case 'sendWork':
        return { operation: 'enqueueForWorker', item: this.#work(action.instance, 1) };
      case 'fetchTurn':
        return { operation: 'fetchOrchestrationItem', lockTimeout };
      case 'fetchWork':
        return { operation: 'fetchWorkItem', lockTimeout };
      case 'renewTurn':
        return { operation: 'renewOrchestrationItemLock', token: turnToken, lockTimeout };
      case 'renewWork':
        return { operation: 'renewWorkItemLock', token: workToken, lockTimeout };
      case 'abandonTurn':
        return {
          operation: 'abandonOrchestrationItem',
          token: turnToken,
          delay: action.delay,
          ignoreAttempt: action.ignoreAttempt,
        };
      case 'abandonWork':
        return {
          operation: 'abandonWorkItem',
          token: workToken,
          delay: action.delay,
          ignoreAttempt: action.ignoreAttempt,
        };
      case 'ackWork':
        return {
          operation: 'ackWorkItem',
          token: workToken,
          completion: action.complete ? this.#message('a', 'completion') : undefined,
        };
      case 'ackTurn':
        return { operation: 'ackOrchestrationItem', token: turnToken, turn: this.#turn(client.turn, action) };
    }
  }

  #turn(
    item: OrchestrationItem | undefined,
    { events, work, to, delay, cancel, next, repeat }: Extract<Action, { do: 'ackTurn' }>,
  ): Turn {
    const { instance = 'a', execution: current = 1, history = [] } = item ?? {};
    const execution = next ? current + 1 : current;
    const first = next || repeat ? 1 : history.length + 1;
    const victim = this.#activities.findLast((one) => one.instance === instance);
    return {
      execution,
      history: Array.from({ length: events }, (_, index) => ({ id: first + index, kind: 'step', data: this.#next() })),
      work: Array.from({ length: work }, () => this.#work(instance, execution)),
      messages: to === undefined ? [] : [{ message: this.#message(to, 'event'), delay }],
      cancelled: cancel && victim !== undefined ? [{ execution: victim.execution, activity: victim.activity }] : [],
      metadata: naming,
    };
  }

  #message(instance: string, kind: Message['kind']): Message {
    return { instance, kind, ...(kind === 'start' ? naming : {}), data: this.#next() };
  }

  #work(instance: string, execution: number): WorkItem {
    const item = { instance, execution, activity: this.#next(), name: 'work' };
    this.#activities.push(item);
    return item;
  }

  #next(): number {
    this.#number += 1;
    return this.#number;
  }
}

const naming = { name: 'flow', version: '1' } as const;

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

function fingerprint(state: ModelState): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map ? Object.entries(Object.fromEntries(value)) : value,
  );
}
