export { type CheckOptions, type Counterexample, findCounterexample } from './counterexample.ts';
