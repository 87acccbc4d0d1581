import { existsSync } from 'node:fs';
import { expect, test } from '../../fixtures/index.ts';
import { call, Mailbox, newMessageId, Session, type SessionUser } from '../../helpers/clients/index.ts';
import { signToken } from '../../helpers/platform/tokens.ts';

/** Titles that would do something if anything but the page ever read them. `MARKER` is a file that would be there then. */
const titles: Readonly<Record<string, string>> = {
  'double quotes': 'She said "hello" to me',
  'an odd quote': 'It\'s 5" long',
  'a command in $()': '$(touch MARKER)',
  'a command in backticks': '`touch MARKER`',
  'a command after a semicolon': '"; touch MARKER; echo "',
  'a command after a quote': '\' && touch MARKER #',
  'a command in a pipe': '| touch MARKER',
  'a variable and an escape': '${HOME} %s \\n \\"',
  'several lines': 'First line\nSecond line\n$(touch MARKER)',
  'trailers of a commit': 'Honest\n\nThread-ID: main\nInstruction-ID: other',
  'other scripts': 'Straße 中文 العربية हिन्दी 🚀',
  'a path that leads out': '../../../MARKER',
  'a leading dash': '--exec=touch MARKER',
  'a script of a page': '<img src=x onerror="document.title=\'run\'"><script>document.title=\'run\'</script>',
};

for (const [name, written] of Object.entries(titles)) {
  test(`a title with ${name} is a title, and nothing else`, async ({ session, workspace, preview }, testInfo) => {
    const marker = testInfo.outputPath('marker');
    const title = written.replaceAll('MARKER', marker);
    const instruction = `Add a new page called “${title}”`;
    const { commit, path, files } = await session.execute(instruction);

    await test.step('it was committed as it was written', async () => {
      const [last] = await session.log();
      expect(last, 'the last commit').toMatchObject({ oid: commit, subject: Array.from(instruction.split('\n')[0]!).slice(0, 72).join('').trim(), trailers: { 'Thread-ID': session.threadId } });
      expect(await session.api('/api/git/status'), 'nothing is left uncommitted').toMatchObject({ changed: [] });
    });

    await test.step('it is one file among the pages', async () => {
      expect(files).toEqual([expect.stringMatching(/^src\/pages\/[a-z0-9-]+\.json$/)]);
      expect(JSON.parse(await workspace(session).read(files[0]!))).toMatchObject({ title });
    });

    await test.step('the page says it, and nobody has executed it', async () => {
      const page = await preview(session, path);
      await expect(page.getByRole('heading')).toHaveText(title);
      await expect(page).toHaveTitle(title.replaceAll(/\s+/g, ' '));
      expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
    });
  });
}

test('by mail, too: what is in it is text, and nothing else', async ({ mailbox, page }, testInfo) => {
  let conversation: string | undefined;
  for (const [name, written] of Object.entries(titles)) {
    await test.step(name, async () => {
      const marker = testInfo.outputPath('marker');
      const title = written.replaceAll('MARKER', marker);
      const mail = await mailbox.send(`Add a new page called “${title}”`, { subject: `Re: ${title.replaceAll('\n', ' ')} $(touch ${marker})`, conversation });
      const reply = await mail.reply({ timeout: 30_000 });
      expect(reply.text).toMatch(/^Done: /);
      await page.goto(reply.previewUrl);
      await expect(page.getByRole('heading')).toHaveText(title);
      expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
      conversation = reply.conversationId;
    });
  }
});

test.describe('what is no instruction is refused, and changes nothing', () => {
  const refused: Readonly<Record<string, string>> = {
    'a command': 'touch MARKER',
    'a command in $()': '$(touch MARKER)',
    'options': '--help',
    'a leading dash': '-rf /',
    'a file outside of the workspace': 'Create a ../../../../../../MARKER file',
    'a file outside of the components': 'Create a components/../../../escaped file',
    'a file by its whole path': 'Create a MARKER file',
    'a file of git': 'Create a .git/hooks/post-commit file',
    'a file with a command in its name': 'Create a $(touch MARKER) file',
    'another user\'s file': 'Update ../../../other/user/project/index.html with nothing',
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

  test('and by mail its sender is told', async ({ mailbox }, testInfo) => {
    const marker = testInfo.outputPath('marker');
    for (const written of [`touch ${marker}`, `Create a ../../../../../../${marker} file`, '-rf /']) {
      const reply = await (await mailbox.send(written)).reply({ timeout: 30_000 });
      expect(reply.text).toMatch(/^Refused: /);
    }
    expect(existsSync(marker), 'a file that a shell would have made').toBe(false);
  });

  for (const [name, text] of Object.entries({ 'a character that no text has': 'Add a new page called "\0"', 'half of a character': 'Add a new page called "\ud83d"' })) {
    test(name, async ({ user, sessionPlatform: { url } }) => {
      await expect(Session.activate(url, user, text)).toBeRefused(400, 'VALIDATION_ERROR');
      expect(await Session.ofUser(url, user), 'sessions that were opened for it').toEqual([]);
    });
  }
});

test.describe('an instruction has a length', () => {
  const longest = 64 * 1024;
  const write = (length: number) => {
    const [before, after] = ['Write "', '" on the page "Long"'];
    return before + 'x'.repeat(length - before.length - after.length) + after;
  };

  test('the longest is carried out', async ({ session, workspace }) => {
    await session.execute('Add a new page called "Long"');
    const { files } = await session.execute(write(longest));
    expect(JSON.parse(await workspace(session).read(files[0]!)), 'the page').toMatchObject({ text: expect.stringMatching(/^x{65000,}$/) });
  });

  for (const [name, text] of Object.entries({ 'one character more': write(longest + 1), 'a megabyte': write(1024 * 1024), 'a megabyte of quotes': '"'.repeat(1024 * 1024), 'more than a request may have': 'x'.repeat(9 * 1024 * 1024), 'more bytes than characters': '🚀'.repeat(longest / 4 + 1) })) {
    test(`${name} is refused`, async ({ session, user, sessionPlatform: { url } }) => {
      const before = await session.log();
      await expect(session.execute(text)).toBeRefused(413, 'PAYLOAD_TOO_LARGE');
      await expect(Session.activate(url, user, text)).toBeRefused(413, 'PAYLOAD_TOO_LARGE');
      expect(await Session.ofUser(url, user), 'sessions that were opened for it').toEqual([]);
      expect(await session.log()).toEqual(before);
    });
  }

  test('a megabyte by mail is answered with the reason', async ({ mailbox }) => {
    const reply = await (await mailbox.send(write(1024 * 1024), { subject: 'Long' })).reply({ timeout: 30_000 });
    expect(reply.text).toMatch(/^Refused: .* at most \d+ bytes/);
  });

  test('more than the mail server takes is refused there', async ({ mailbox }) => {
    await expect(mailbox.send(write(3 * 1024 * 1024), { subject: 'Longer' })).rejects.toMatchObject({ responseCode: 552 });
  });
});

test.describe('mail is taken from those who are known, for what is theirs', () => {
  test('not from an unknown sender', async ({ mailbox, user, sessionPlatform: { smtp, domain }, sessionStore }) => {
    const stranger = new Mailbox(mailbox.address.replace('somebody', 'stranger'), { ...smtp, address: `${user.clientId}@${domain}` });
    await expect(stranger.send('Add a new page called "Intruder"')).rejects.toMatchObject({ responseCode: 550 });
    expect(await sessionStore.postgres.query('SELECT id FROM messages')).toEqual([]);
  });

  test('not for somebody else\'s client, nor for another domain', async ({ mailbox, session, sessionPlatform: { smtp, domain }, sessionStore }) => {
    const addresses = { [`${session.user.clientId}@${domain}`]: 550, [`nobody@${domain}`]: 550, 'somebody@elsewhere.example.com': 550, [`../${session.user.clientId}@${domain}`]: 501 };
    for (const [address, responseCode] of Object.entries(addresses)) {
      const elsewhere = new Mailbox(mailbox.address, { ...smtp, address });
      await expect(elsewhere.send('Add a new page called "Intruder"'), address).rejects.toMatchObject({ responseCode });
    }
    expect(await sessionStore.postgres.query('SELECT id FROM messages')).toEqual([]);
  });

  test('not without a text', async ({ mailbox }) => {
    for (const text of ['', ' \n\n ', '> Add a new page called "Quoted"', 'Conversation ID: thread-00000000', 'Add a new page called "\0"']) {
      await expect(mailbox.send(text, { subject: 'Add a new page called "Subject"' }), JSON.stringify(text)).rejects.toMatchObject({ responseCode: 554 });
    }
  });

  test('an address stays with its client', async ({ mailbox, user, createUser, sessionPlatform: { url } }) => {
    const other = createUser();
    const put = ({ clientId, userId, token }: SessionUser) => call(url, '/hermes/api/users', { method: 'PUT', token, body: { email: mailbox.address.toUpperCase(), clientId, userId } });
    await expect(put(other)).toBeRefused(409, 'CONFLICT');
    await expect(put({ ...other, clientId: user.clientId })).toBeRefused(403, 'AUTHORIZATION_ERROR');
    expect(await put(user)).toBe('');
  });

  test('what Hermes was at work on when it was killed is received again, and carried out', async ({ mailbox, sessionStore, sessionChaos }) => {
    const mail = await mailbox.send('Add a new page called "Again"');
    await expect.poll(() => sessionStore.postgres.query('SELECT id FROM messages WHERE receives > 0'), { message: 'emails that were received and are not finished', intervals: [20] }).toHaveLength(1);
    sessionChaos.kill('hermes');
    await sessionChaos.ready('hermes');
    expect((await mail.reply({ timeout: 30_000 })).text).toMatch(/^Done/);
  });

  test('what comes while the session starts is carried out in its order', async ({ mailbox, user, sessionPlatform: { url } }) => {
    const wishes = ['Add a new page called "One"', 'Call it "Two"', 'Call it "Three"', 'Call it "Four"'];
    const sent = [];
    for (const wish of wishes) sent.push(await mailbox.send(wish));
    for (const mail of sent) expect((await mail.reply({ timeout: 30_000 })).text).toMatch(/^Done/);
    const [session] = await Session.ofUser(url, user);
    expect((await session!.log()).map(({ subject }) => subject)).toEqual([...wishes.toReversed(), 'New site']);
  });

  test('the end of one session takes nobody else\'s mail along', async ({ mailbox, user, createSession, sessionStore, sessionPlatform: { url } }) => {
    const other = await createSession();
    await other.waitFor('active');
    const long = await mailbox.send('Add 500 pages');
    await expect.poll(() => Session.ofUser(url, user)).toHaveLength(1);
    const [mine] = await Session.ofUser(url, user);
    await expect.poll(async () => JSON.stringify((await mine!.get('/@id/__x00__virtual:pages')).body), { timeout: 30_000 }).toContain('Page 3');
    const waiting = () => sessionStore.postgres.query('SELECT id FROM messages');
    expect(await waiting()).toHaveLength(1);
    await other.end();
    expect(await waiting(), 'mail that is being carried out').toHaveLength(1);
    await (await mailbox.send('Add a new page called "Enough"')).reply({ timeout: 30_000 });
    expect((await long.reply({ timeout: 30_000 })).text).toMatch(/^Interrupted/);
  });

  test('the same mail twice is carried out once, and answered with the same', async ({ mailbox, user, sessionPlatform: { url }, sessionStore }) => {
    const messageId = newMessageId();
    const send = () => mailbox.send('Add a new page called "Once"', { messageId });
    const [first] = await Promise.all([send(), send()]);
    const reply = await first.reply({ timeout: 30_000 });
    expect(reply.text).toMatch(/^Done/);

    await send(); // a mail server that has not heard that it was taken
    await expect.poll(() => sessionStore.postgres.query('SELECT id FROM messages')).toEqual([]);
    expect(new Set(mailbox.inbox.map((one) => one.messageId)), 'different replies').toEqual(new Set([reply.messageId]));
    const [session] = await Session.ofUser(url, user);
    expect((await session!.onThread(reply.conversationId!).log()).map(({ subject }) => subject)).toEqual(['Add a new page called "Once"', 'New site']);
  });
});

test('what was done until an interruption is committed', async ({ session }) => {
  const long = session.execute('Add 500 pages');
  await expect.poll(async () => (await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
  const next = await session.execute('Add a new page called "Enough"');
  const interrupted = await long;
  expect(interrupted, 'what was done until the interruption').toMatchObject({ interrupted: true, files: expect.arrayContaining(['src/pages/page-1.json', 'src/pages/page-3.json']) });
  expect(await session.api('/api/git/status'), 'what is not committed').toMatchObject({ changed: [] });
  expect((await session.log()).slice(0, 2)).toMatchObject([{ oid: next.commit }, { oid: interrupted.commit, subject: 'Add 500 pages', trailers: { 'Interrupted': 'true' } }]);
});

test('what was done when a container was killed is committed by the next one', async ({ createSession, cloud, sessionChaos }) => {
  const session = await createSession();
  await session.waitFor('active');
  const broken = expect(session.execute('Add 500 pages')).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  await expect.poll(async () => (await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
  const [task] = await cloud.tasksOf(session.id);
  sessionChaos.crash(task!.taskArn!);
  await broken;
  await expect.poll(async () => (await cloud.tasksOf(session.id)).length, { message: 'containers that the session has had', timeout: 30_000 }).toBe(2);
  await session.waitFor('active');
  expect((await session.log())[0], 'the last commit').toMatchObject({ subject: 'What a session that broke off has left', trailers: { 'Thread-ID': session.threadId, 'Interrupted': 'true' } });
  expect((await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
});

test.describe('a workspace is its user\'s', () => {
  test('two users of one client have two, and neither sees the other\'s pages', async ({ createUser, createSession, workspace }) => {
    const ana = createUser();
    const sessions = await Promise.all([ana, createUser(ana.clientId)].map((user) => createSession(undefined, { user })));
    for (const [index, session] of sessions.entries()) {
      await session.waitFor('active');
      await session.execute(`Add a new page called "Of ${index}"`);
    }
    for (const [index, session] of sessions.entries()) {
      const { body } = await session.get('/@id/__x00__virtual:pages');
      expect(body, 'the pages that a user sees').toContain(`Of ${index}`);
      expect(body, 'the pages that a user sees').not.toContain(`Of ${1 - index}`);
      expect(await workspace(session).list('src/pages')).toEqual(['.gitkeep', `of-${index}.json`]);
    }
  });

  for (const clientId of ['../other', '..', '.', 'a/b', 'a\\b', '/etc', '.git']) {
    test(`a client cannot be called ${clientId}`, async ({ user, session, sessionPlatform: { url, secret } }) => {
      const token = signToken({ user_id: user.userId, email: 'eve@example.com', roles: ['admin'], tenant_id: clientId }, secret, 60_000);
      await expect(Session.activate(url, { ...user, clientId }), 'with the token of another').toBeRefused(403, 'AUTHORIZATION_ERROR');
      await expect(Session.activate(url, { ...user, clientId, token }), 'with a token of its own').toBeRefused(400, 'VALIDATION_ERROR');
      await expect(call(url, '/hermes/api/users', { method: 'PUT', token, body: { email: 'eve@example.com', clientId, userId: user.userId } })).toBeRefused(400, 'VALIDATION_ERROR');
      await expect(session.api('/api/init', { method: 'POST', body: { sessionId: session.id, clientId, userId: user.userId, threadId: session.threadId } })).toBeRefused(400, 'VALIDATION_ERROR');
    });
  }

  test('its container works for nobody else, whoever asks', async ({ session, user }) => {
    const { threadId } = session;
    const before = await session.log();
    const foreign = { clientId: user.clientId, userId: user.userId, threadId };
    const sameClient = { clientId: session.user.clientId, userId: user.userId, threadId };
    for (const owner of [foreign, sameClient, { ...foreign, clientId: '../other' }]) {
      await expect(session.api('/api/execute', { method: 'POST', body: { ...owner, instruction: 'Add a new page called "Intruder"' } }), owner.clientId).toBeRefused(403, 'FORBIDDEN');
    }
    for (const owner of [foreign, sameClient]) await expect(session.api('/api/init', { method: 'POST', body: { ...owner, sessionId: session.id } })).toBeRefused(409, 'CONFLICT');
    expect(await session.log()).toEqual(before);
  });

  for (const threadId of ['main', '../main', 'a..b', '-x', 'refs/heads/x', 'A', '$(id)', 'x'.repeat(101)]) {
    test(`a thread cannot be called ${threadId.slice(0, 20)}`, async ({ session }) => {
      await expect(session.onThread(threadId).execute('Add a new page called "Elsewhere"')).toBeRefused(400, 'VALIDATION_ERROR');
    });
  }
});
