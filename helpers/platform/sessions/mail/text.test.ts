import fc from 'fast-check';
import { cpuTime } from '../../../testing/cpu-time.ts';
import { expect, test } from '../../../testing/index.ts';
import { conversationLine, conversationOf, instructionOf, quoted } from './text.ts';

/** Lines of text that are neither a quote nor the name of a conversation. */
const line = fc
  .string({ unit: 'grapheme' })
  .map((text) => text.replaceAll(/[\r\n]/g, ''))
  .filter((text) => !/^(>|On )|Conversation ID/i.test(text));
const instruction = fc
  .array(line, { minLength: 1 })
  .map((lines) => lines.join('\n').trim())
  .filter((text) => text !== '' && !/^(>|On )/.test(text));
const id = fc.stringMatching(/^[\w-]{1,100}$/);
const newline = fc.constantFrom('\n', '\r\n');
const attribution = fc.constantFrom(
  'On Fri, 21 Nov 2025 12:28:04 GMT, edit@example.com wrote:',
  'On Fri, Nov 21, 2025 at 12:28 PM The Editor\n<edit@example.com> wrote:',
  'On 21 Nov 2025, at 12:28,\nThe Editor of All\n<edit@example.com> wrote:',
);

test("the new text is what stands above the quote, in any mail client's style", () => {
  fc.assert(
    fc.property(instruction, attribution, fc.string(), newline, (text, head, old, end) => {
      expect(instructionOf(`${text}\n\n${head}\n${quoted(old)}\n`.replaceAll('\n', end))).toBe(text);
      expect(instructionOf(`${text}\n${quoted(old)}`.replaceAll('\n', end))).toBe(text);
      expect(instructionOf(text.replaceAll('\n', end))).toBe(text);
    }),
  );
});

test('the conversation id is found at any depth of quotes and is not part of the text', () => {
  fc.assert(
    fc.property(instruction, id, fc.nat(5), newline, (text, conversation, depth, end) => {
      let history = `Done\n\n${conversationLine(conversation)}\n`;
      for (let level = 0; level < depth; level++) history = quoted(history);
      expect(conversationOf(`${text}\n${history}`.replaceAll('\n', end))).toBe(conversation);
      expect(instructionOf(`${text}\n${conversationLine(conversation)}`.replaceAll('\n', end))).toBe(text);
      expect(conversationOf(text)).toBeUndefined();
    }),
  );
});

test('the first conversation id on a line of its own counts', () => {
  expect(conversationOf('Yes\n> Conversation ID: thread-2\n>> Conversation ID: thread-1')).toBe('thread-2');
  expect(conversationOf('My Conversation ID: thread-1')).toBeUndefined();
  expect(conversationOf('Conversation ID: thread 1')).toBeUndefined();
});

test('a line that only resembles an attribution is text', () => {
  for (const text of [
    'On the home page, show what Ana\nwrote',
    'On page 2 stands:\n\nwhat Ana wrote:',
    'On the page Ana wrote:\na word',
  ])
    expect(instructionOf(text)).toBe(text);
});

test('a pathological text is parsed in linear time', () => {
  for (const unit of ['>', 'On 1\n', '\n', ' ', 'Conversation ID: ', '\r']) {
    const text = unit.repeat(200_000 / unit.length);
    const took = cpuTime(() => {
      conversationOf(text);
      instructionOf(text);
    });
    expect(took, `${JSON.stringify(unit)}: some 10 ms, and seconds where it takes the square`).toBeLessThan(1_000);
  }
});
