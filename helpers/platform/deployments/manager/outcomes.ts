import { type Applied, type Planned, ProviderError } from '../../../terraform/index.ts';
import type { Outcome } from '../store/resource-store.ts';

/** What a step has made of a resource. */
export interface Outcomes {
  afterSuccess(applied: Applied): Outcome;
  /** In doubt when the provider could not say what it has left. */
  afterFailure(step: Planned, error: unknown): Outcome;
}

export const outcomes: Outcomes = {
  afterSuccess: ({ state }) => ({ status: state === undefined ? 'absent' : 'exists', state, tainted: false }),

  afterFailure(step, error) {
    if (!(error instanceof ProviderError) || error.partial === undefined)
      return { status: 'in_doubt', state: undefined, tainted: false };
    const { state } = error.partial;
    return { status: state === undefined ? 'absent' : 'exists', state, tainted: step.action === 'create' };
  },
};
