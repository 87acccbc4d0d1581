/** The states of an experiment, in the usual order. */
export const states = ['pending', 'initializing', 'running', 'analyzing', 'completed', 'failed', 'cancelled'] as const;
export type State = (typeof states)[number];

/** The states that an experiment never leaves. */
export const finalStates: readonly State[] = ['completed', 'failed', 'cancelled'];

const next: Readonly<Record<State, readonly State[]>> = {
  pending: ['initializing', 'cancelled'],
  initializing: ['running', 'failed', 'cancelled'],
  running: ['analyzing', 'failed', 'cancelled'],
  analyzing: ['completed', 'failed'],
  completed: [],
  failed: [],
  cancelled: [],
};

export const actions = ['start', 'pause', 'resume', 'cancel'] as const;
export type Action = (typeof actions)[number];

/** What an action depends on. */
export interface TransitionSubject {
  readonly state: State;
  readonly paused: boolean;
}

/** Which transitions are allowed, and the effect of a user's actions. */
export interface StateMachine {
  allows(from: State, to: State): boolean;
  /** The state after an action; undefined when the action is not possible. */
  after(action: Action, situation: TransitionSubject): TransitionSubject | undefined;
}

/** A pause is no separate state: the experiment stays `running`, while its load and its clock stand still. */
export const stateMachine: StateMachine = {
  allows: (from, to) => next[from].includes(to),
  after(action, { state, paused }) {
    switch (action) {
      case 'start':
        return next[state].includes('initializing') ? { state: 'initializing', paused } : undefined;
      case 'pause':
        return state === 'running' && !paused ? { state, paused: true } : undefined;
      case 'resume':
        return state === 'running' && paused ? { state, paused: false } : undefined;
      case 'cancel':
        return next[state].includes('cancelled') ? { state: 'cancelled', paused: false } : undefined;
    }
  },
};
