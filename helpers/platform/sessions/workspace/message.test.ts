import fc from 'fast-check';
import { expect, test } from '../../../testing/index.ts';
import { commitMessages, parseMessage } from './message.ts';

test('a commit message has the whole instruction and its thread', () => {
  expect(commitMessages.compose('Create page A', { threadId: 't', interrupted: false })).toBe(
    'Create page A\n\nThread-ID: t\n',
  );
  const long = `Add a page called "${'x'.repeat(80)}"`;
  expect(commitMessages.compose(`${long}\nmore`, { threadId: 't', interrupted: true })).toBe(
    `${long.slice(0, 72)}\n\n${long}\nmore\n\nThread-ID: t\nInterrupted: true\n`,
  );
});

test("an instruction cannot forge another thread's trailer or break the message", () => {
  const pieces = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\0',
        '\u001b',
        'Thread-ID: other',
        'Interrupted: true',
        '"',
        '$()',
        '`',
        '🎉',
        '\ud83c',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    maxLength: 40,
  });
  const { counterexample } = fc.check(
    fc.property(pieces, (text) => {
      const message = commitMessages.compose(`Create page ${text}`, { threadId: 'mine', interrupted: false });
      const { subject, trailers } = parseMessage(message);
      return (
        Array.from(subject).length <= 72 &&
        JSON.stringify(trailers) === '{"Thread-ID":"mine"}' &&
        !['\0', '\r', '\u001b'].some((control) => message.includes(control)) &&
        message.isWellFormed()
      );
    }),
    { numRuns: 5_000 },
  );
  expect(counterexample).toBeNull();
});
