import { withFault } from '../../../faults/inject.ts';
import { ProviderError } from '../../../terraform/index.ts';
import { expect, test } from '../../../testing/index.ts';
import { managerParts } from './parts.ts';

test('a log keeps the last thousand lines, and of a long one the first 4,000 characters', async ({ fault }) => {
  const { logs } = await withFault('deployments', managerParts, fault);
  const lines: string[] = [];
  for (let number = 1; number <= 1_001; number++) logs.add(lines, `line ${number}`);
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([1_000, 'line 2', 'line 1001']);
  for (const length of [4_000, 4_001]) logs.add(lines, 'x'.repeat(length));
  expect(lines.slice(-2)).toEqual(['x'.repeat(4_000), `${'x'.repeat(4_000)}…`]);
});

test('only a failed creation taints, and what was left is unknown unless the provider says it', async ({ fault }) => {
  const { outcomes } = await withFault('deployments', managerParts, fault);
  const step = (action: string) => ({ action }) as Parameters<typeof outcomes.afterFailure>[0];
  const state = { schemaVersion: 0, values: {}, private: '' };
  const failed = (partial?: { state: typeof state | undefined }) =>
    new ProviderError('DIAGNOSTICS', 'no', partial === undefined ? {} : { partial });
  expect(outcomes.afterFailure(step('create'), failed({ state }))).toEqual({ status: 'exists', state, tainted: true });
  expect(outcomes.afterFailure(step('update'), failed({ state }))).toEqual({ status: 'exists', state, tainted: false });
  expect(outcomes.afterFailure(step('delete'), failed({ state: undefined }))).toMatchObject({ status: 'absent' });
  const doubtful = { status: 'in_doubt', state: undefined, tainted: false };
  expect(outcomes.afterFailure(step('create'), failed())).toEqual(doubtful);
  expect(outcomes.afterFailure(step('create'), new Error('away'))).toEqual(doubtful);
  const applied = (now: typeof state | undefined) =>
    outcomes.afterSuccess({ state: now } as Parameters<typeof outcomes.afterSuccess>[0]);
  expect(applied(state)).toEqual({ status: 'exists', state, tainted: false });
  expect(applied(undefined)).toEqual({ status: 'absent', state: undefined, tainted: false });
});
