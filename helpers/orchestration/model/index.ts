export { type CheckOptions, type Counterexample, findCounterexample } from './check.ts';
