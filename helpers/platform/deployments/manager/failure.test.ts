import { expect, test } from '@playwright/test';
import { ProviderError } from '../../../terraform/index.ts';
import { Failure, FailureAt, toAnswer, toOperationError } from './failure.ts';

const diagnostic = { severity: 'error', summary: 'full', detail: '', attribute: undefined } as const;

test('an error says what has failed, at which resource, and what the provider says', () => {
  const error = new ProviderError('DIAGNOSTICS', 'no room', { diagnostics: [diagnostic] });
  const shown = { code: 'DIAGNOSTICS', message: 'no room', diagnostics: [{ ...diagnostic, attribute: null }] };
  expect(toOperationError(error, false)).toEqual({ ...shown, resource: null });
  expect(toOperationError(new FailureAt('thing.one', error), false)).toEqual({ ...shown, resource: 'thing.one' });
  expect(toOperationError(new Error('odd'), false)).toMatchObject({ code: 'INTERNAL_ERROR', message: 'odd' });
});

test('an operation that a user has cancelled has failed for that reason, whatever its provider says', () => {
  const error = new FailureAt('thing.one', new ProviderError('CRASHED', 'it is gone'));
  expect(toOperationError(error, true)).toMatchObject({ code: 'CANCELLED', resource: 'thing.one' });
});

test('what another state would allow is 409, what a provider refuses is 502, and the rest is 500', () => {
  const answerTo = (error: Error) => {
    const { code, message } = toAnswer(toOperationError(error, false));
    return [code, message];
  };
  for (const code of ['STALE_PLAN', 'IN_DOUBT', 'DESTROYED', 'EXISTS', 'CANCELLED'] as const)
    expect(answerTo(new Failure(code, 'not now'))).toEqual(['CONFLICT', 'not now']);
  for (const error of [new ProviderError('CRASHED', 'gone'), new Failure('NOT_FOUND', 'gone')])
    expect(answerTo(error)).toEqual(['PROVIDER_ERROR', 'gone']);
  expect(answerTo(new Error('odd'))).toEqual(['INTERNAL_ERROR', 'odd']);
});
