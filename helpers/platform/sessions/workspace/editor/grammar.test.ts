import fc from 'fast-check';
import { cpuTime } from '../../../../testing/cpu-time.ts';
import { expect, test } from '../../../../testing/index.ts';
import { type Action, understand } from './grammar.ts';

const understood: Readonly<Record<string, Action>> = {
  'Add a new page called "Test Page"': { kind: 'addPage', title: 'Test Page' },
  'please add a page named ‘Über uns’.': { kind: 'addPage', title: 'Über uns' },
  'Create page A': { kind: 'addPage', title: 'A' },
  '  create\n the page “B”  ': { kind: 'addPage', title: 'B' },
  'Make a page titled Say "hi"': { kind: 'addPage', title: 'Say "hi"' },
  'Add a page called "Say "hi""': { kind: 'addPage', title: 'Say "hi"' },
  'Add a page called "two\nlines"': { kind: 'addPage', title: 'two\nlines' },
  'Add 50 pages': { kind: 'addPages', count: 50 },
  'Add 3 more pages.': { kind: 'addPages', count: 3 },
  'Call it "Home" instead': { kind: 'renamePage', page: undefined, title: 'Home' },
  'Rename it to Home': { kind: 'renamePage', page: undefined, title: 'Home' },
  'Rename the page "Test Page" to "Home"': { kind: 'renamePage', page: 'Test Page', title: 'Home' },
  'Write "some text" on it': { kind: 'writeText', page: undefined, text: 'some text' },
  'Write "come on in" on "Home"': { kind: 'writeText', page: 'Home', text: 'come on in' },
  'Write "x" on the page "it"': { kind: 'writeText', page: 'it', text: 'x' },
  'Change the text of "Home" to "Welcome to us"': { kind: 'writeText', page: 'Home', text: 'Welcome to us' },
  'Delete the page "Home"': { kind: 'deletePage', page: 'Home' },
  'Remove it': { kind: 'deletePage', page: undefined },
  'Create a components/Header file': { kind: 'createFile', name: 'components/Header' },
  'Create a components/Header.astro file': { kind: 'createFile', name: 'components/Header.astro' },
  'Create a ../../etc/passwd file': { kind: 'createFile', name: '../../etc/passwd' },
  'Update Header with new content': { kind: 'updateFile', name: 'Header', content: 'new content' },
  'Update Header.astro with new content': { kind: 'updateFile', name: 'Header.astro', content: 'new content' },
};

for (const [instruction, action] of Object.entries(understood)) {
  test(`understands ${JSON.stringify(instruction)}`, () => {
    expect(understand(instruction)).toEqual(action);
  });
}

test('an unknown instruction is not understood', () => {
  for (const instruction of [
    '',
    'Sing a song',
    'Create a page',
    'Add some pages',
    'Add a page called ""',
    'Delete the page " "',
    'Add 1e9 pages',
  ])
    expect(understand(instruction), instruction).toBeUndefined();
});

test('a quoted title is taken literally', () => {
  const titles = fc.string({ unit: 'binary', minLength: 1 }).filter((title) => title.trim() !== '');
  const { counterexample } = fc.check(
    fc.property(titles, (title) => {
      const action = understand(`Add a new page called "${title}"`);
      return action?.kind === 'addPage' && action.title === title.trim();
    }),
    { numRuns: 5_000 },
  );
  expect(counterexample).toBeNull();
});

test("parsing time grows linearly with an instruction's length", () => {
  const length = 64 * 1024;
  const pieces = [' ', '\n', '"', 'a', '" on "', ' on ', ' to ', ' with ', '" to "', 'file ', ' page ', '“', "'"];
  for (const start of [
    '',
    'Create page ',
    'Write ',
    'Write "',
    'Change the text of ',
    'Update ',
    'Rename "',
    'Call it ',
    'Create ',
    'Delete the page ',
    'please ',
  ]) {
    for (const piece of pieces) {
      expect(
        cpuTime(() => void understand(start + piece.repeat(length / piece.length))),
        JSON.stringify([start, piece]),
      ).toBeLessThan(500);
    }
  }
});
