import { expect, test as base } from '../testing/index.ts';
import type { MessageMatch } from './app.ts';
import type { Matching } from './matching.ts';

const test = base.extend<{ matches: Matching }>({
  matches: async ({ _appParts }, use) => use(_appParts.matches),
});

const message = { type: 'task.created', task: { id: 7, tags: ['a', 'b'], done: null } };

const cases: readonly (readonly [match: MessageMatch, found: unknown, expected: boolean])[] = [
  [{ type: 'task.created' }, message, true],
  [{ type: 'task.deleted' }, message, false],
  [{ task: { id: 7 } }, message, true],
  [{ task: { id: '7' } }, message, false],
  [{ task: { tags: ['a', 'b'] } }, message, true],
  [{ task: { tags: ['a'] } }, message, false],
  [{ task: { done: null } }, message, true],
  [{ task: { gone: undefined } }, message, false],
  [{ task: { id: expect.any(Number) } }, message, true],
  [expect.objectContaining({ type: expect.stringMatching(/^task/) }), message, true],
  [/task\.created/g, message, true],
  [/^echo/, 'echo x', true],
  ['echo x', 'echo x', true],
  ['echo', 'echo x', false],
  [(found) => (found as typeof message).task.id === 7, message, true],
  [{ type: 'task.created' }, 'task.created', false],
];

for (const [index, [match, found, expected]] of cases.entries()) {
  test(`case ${index + 1}: ${JSON.stringify(match) ?? 'a function'} ${expected ? 'matches' : 'does not match'}`, ({
    matches,
  }) => {
    expect(matches(found, match)).toBe(expected);
    expect(matches(found, match), 'asked again').toBe(expected);
  });
}
