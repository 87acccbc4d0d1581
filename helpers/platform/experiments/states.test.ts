import { expect, test } from '@playwright/test';
import { type Action, actions, finalStates, type State, stateMachine, states } from './states.ts';

const { allows, after } = stateMachine;

test('an experiment goes from state to state, fails once it has begun, and leaves no final state', () => {
  const ways = states.flatMap((from) => states.filter((to) => allows(from, to)).map((to) => `${from} → ${to}`));
  expect(ways).toEqual([
    'pending → initializing',
    'pending → cancelled',
    'initializing → running',
    'initializing → failed',
    'initializing → cancelled',
    'running → analyzing',
    'running → failed',
    'running → cancelled',
    'analyzing → completed',
    'analyzing → failed',
  ]);
  expect(finalStates).toEqual(states.filter((from) => !states.some((to) => allows(from, to))));
});

test('a user starts what waits, pauses what runs, resumes what is paused and cancels what is not analyzed', () => {
  const possible = (action: Action, paused: boolean): State[] =>
    states.filter((state) => after(action, { state, paused }) !== undefined);
  expect(actions.map((action) => [action, possible(action, false), possible(action, true)])).toEqual([
    ['start', ['pending'], ['pending']],
    ['pause', ['running'], []],
    ['resume', [], ['running']],
    ['cancel', ['pending', 'initializing', 'running'], ['pending', 'initializing', 'running']],
  ]);
});

test('a pause leaves the state as it is, and a cancelled experiment is not paused', () => {
  expect(after('start', { state: 'pending', paused: false })).toEqual({ state: 'initializing', paused: false });
  expect(after('pause', { state: 'running', paused: false })).toEqual({ state: 'running', paused: true });
  expect(after('resume', { state: 'running', paused: true })).toEqual({ state: 'running', paused: false });
  expect(after('cancel', { state: 'running', paused: true })).toEqual({ state: 'cancelled', paused: false });
});
