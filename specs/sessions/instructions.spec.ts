import { existsSync } from 'node:fs';
import { expect, test } from '../../fixtures/index.ts';
import { Session } from '../../helpers/clients/index.ts';

/** Titles with an effect in anything that interprets them; a shell would create the file `MARKER`. */
const titles: Readonly<Record<string, string>> = {
  'double quotes': 'She said "hello" to me',
  'an odd quote': 'It\'s 5" long',
  'a command in $()': '$(touch MARKER)',
  'a command in backticks': '`touch MARKER`',
  'a command after a semicolon': '"; touch MARKER; echo "',
  'a command after a quote': "' && touch MARKER #",
  'a command in a pipe': '| touch MARKER',
  'a variable and an escape': '${HOME} %s \\n \\"',
  'several lines': 'First line\nSecond line\n$(touch MARKER)',
  'trailers of a commit': 'Honest\n\nThread-ID: main\nInstruction-ID: other',
  'other scripts': 'Straße 中文 العربية हिन्दी 🚀',
  'a path that leads out': '../../../MARKER',
  'a leading dash': '--exec=touch MARKER',
  'a script of a page': "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>",
};

for (const [name, written] of Object.entries(titles)) {
  test(`a title with ${name} is treated as text`, async ({ session, workspace, preview }, testInfo) => {
    const marker = testInfo.outputPath('marker');
    const title = written.replaceAll('MARKER', marker);
    const instruction = `Add a new page called “${title}”`;
    const { commit, path, files } = await session.execute(instruction);

    await test.step('it was committed as it was written', async () => {
      const [last] = await session.log();
      expect(last, 'the last commit').toMatchObject({
        oid: commit,
        subject: Array.from(instruction.split('\n')[0]!).slice(0, 72).join('').trim(),
        trailers: { 'Thread-ID': session.threadId },
      });
      expect(await session.api('/api/git/status'), 'nothing is left uncommitted').toMatchObject({ changed: [] });
    });

    await test.step('it is one file among the pages', async () => {
      expect(files).toEqual([expect.stringMatching(/^src\/pages\/[a-z0-9-]+\.json$/)]);
      expect(JSON.parse(await workspace(session).read(files[0]!))).toMatchObject({ title });
    });

    await test.step('the page shows it, and it was not executed', async () => {
      const page = await preview(session, path);
      await expect(page.getByRole('heading')).toHaveText(title);
      await expect(page).toHaveTitle(title.replaceAll(/\s+/g, ' '));
      expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
    });
  });
}

test('an emailed title is treated as text', async ({ mailbox, page }, testInfo) => {
  let conversation: string | undefined;
  for (const [name, written] of Object.entries(titles)) {
    await test.step(name, async () => {
      const marker = testInfo.outputPath('marker');
      const title = written.replaceAll('MARKER', marker);
      const mail = await mailbox.send(`Add a new page called “${title}”`, {
        subject: `Re: ${title.replaceAll('\n', ' ')} $(touch ${marker})`,
        conversation,
      });
      const reply = await mail.reply({ timeout: 30_000 });
      expect(reply.text).toMatch(/^Done: /);
      await page.goto(reply.previewUrl);
      await expect(page.getByRole('heading')).toHaveText(title);
      expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
      conversation = reply.conversationId;
    });
  }
});

test.describe('an invalid instruction is refused and changes nothing', () => {
  const refused: Readonly<Record<string, string>> = {
    'a command': 'touch MARKER',
    'a command in $()': '$(touch MARKER)',
    options: '--help',
    'a leading dash': '-rf /',
    'a file outside of the workspace': 'Create a ../../../../../../MARKER file',
    'a file outside of the components': 'Create a components/../../../escaped file',
    'a file by its whole path': 'Create a MARKER file',
    'a file of git': 'Create a .git/hooks/post-commit file',
    'a file with a command in its name': 'Create a $(touch MARKER) file',
    "another user's file": 'Update ../../../other/user/project/index.html with nothing',
    'more pages than there may be': 'Add 1000000 pages',
  };

  for (const [name, written] of Object.entries(refused)) {
    test(name, async ({ session }, testInfo) => {
      const marker = testInfo.outputPath('marker');
      const before = await session.log();
      await expect(session.execute(written.replaceAll('MARKER', marker))).toBeRefused(422, 'NOT_UNDERSTOOD');
      expect(await session.log()).toEqual(before);
      expect(await session.api('/api/git/status')).toMatchObject({ changed: [] });
      expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
    });
  }

  test('the sender of an invalid instruction receives the reason by mail', async ({ mailbox }, testInfo) => {
    const marker = testInfo.outputPath('marker');
    for (const written of [`touch ${marker}`, `Create a ../../../../../../${marker} file`, '-rf /']) {
      const reply = await (await mailbox.send(written)).reply({ timeout: 30_000 });
      expect(reply.text).toMatch(/^Refused: /);
    }
    expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
  });

  for (const [name, text] of Object.entries({
    'a character that no text has': 'Add a new page called "\0"',
    'half of a character': 'Add a new page called "\ud83d"',
  })) {
    test(name, async ({ user, sessionPlatform: { url } }) => {
      await expect(Session.activate(url, user, text)).toBeRefused(400, 'VALIDATION_ERROR');
      expect(await Session.ofUser(url, user), 'sessions that were opened for it').toEqual([]);
    });
  }
});

test.describe("an instruction's length is limited", () => {
  const longest = 64 * 1024;
  const write = (length: number) => {
    const [before, after] = ['Write "', '" on the page "Long"'];
    return before + 'x'.repeat(length - before.length - after.length) + after;
  };

  test('the longest allowed instruction is carried out', async ({ session, workspace }) => {
    await session.execute('Add a new page called "Long"');
    const { files } = await session.execute(write(longest));
    expect(JSON.parse(await workspace(session).read(files[0]!)), 'the page').toMatchObject({
      text: expect.stringMatching(/^x{65000,}$/),
    });
  });

  for (const [name, text] of Object.entries({
    'one character more': write(longest + 1),
    'a megabyte': write(1024 * 1024),
    'a megabyte of quotes': '"'.repeat(1024 * 1024),
    'more than a request may have': 'x'.repeat(9 * 1024 * 1024),
    'more bytes than characters': '🚀'.repeat(longest / 4 + 1),
  })) {
    test(`${name} is refused`, async ({ session, user, sessionPlatform: { url } }) => {
      const before = await session.log();
      await expect(session.execute(text)).toBeRefused(413, 'PAYLOAD_TOO_LARGE');
      await expect(Session.activate(url, user, text)).toBeRefused(413, 'PAYLOAD_TOO_LARGE');
      expect(await Session.ofUser(url, user), 'sessions that were opened for it').toEqual([]);
      expect(await session.log()).toEqual(before);
    });
  }

  test('a megabyte of instruction by mail is answered with the reason', async ({ mailbox }) => {
    const reply = await (await mailbox.send(write(1024 * 1024), { subject: 'Long' })).reply({ timeout: 30_000 });
    expect(reply.text).toMatch(/^Refused: .* at most \d+ bytes/);
  });

  test("a mail over the server's size limit is refused by the server", async ({ mailbox }) => {
    await expect(mailbox.send(write(3 * 1024 * 1024), { subject: 'Longer' })).rejects.toMatchObject({
      responseCode: 552,
    });
  });
});
