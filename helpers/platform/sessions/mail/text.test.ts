import fc from 'fast-check';
import { expect, test } from '../../../testing/index.ts';
import { conversationLine, conversationOf, quoted } from './text.ts';

test('the conversation id is found at any depth of quotes', () => {
  const id = fc.stringMatching(/^[\w-]{1,100}$/);
  fc.assert(
    fc.property(id, fc.nat(5), fc.constantFrom('\n', '\r\n'), (conversation, depth, end) => {
      let history = `Done\n\n${conversationLine(conversation)}\n`;
      for (let level = 0; level < depth; level++) history = quoted(history);
      expect(conversationOf(`Add a page\n${history}`.replaceAll('\n', end))).toBe(conversation);
    }),
  );
});

test('the first conversation id on a line of its own counts', () => {
  expect(conversationOf('Yes\n> Conversation ID: thread-2\n>> Conversation ID: thread-1')).toBe('thread-2');
  expect(conversationOf('My Conversation ID: thread-1')).toBeUndefined();
  expect(conversationOf('Conversation ID: thread 1')).toBeUndefined();
});
