import { expect, test } from '../../fixtures/index.ts';
import { call, Mailbox, newMessageId, Session, type SessionUser } from '../../helpers/clients/index.ts';

test.describe('incoming mail', () => {
  test('mail from an unknown sender is refused', async ({
    mailbox,
    user,
    sessionPlatform: { smtp, domain },
    sessionStore,
  }) => {
    const stranger = new Mailbox(mailbox.address.replace('user', 'stranger'), {
      ...smtp,
      address: `${user.clientId}@${domain}`,
    });
    await expect(stranger.send('Add a new page called "Intruder"')).rejects.toMatchObject({ responseCode: 550 });
    expect(await sessionStore.receives(user)).toEqual([]);
  });

  test('mail for another client or domain is refused', async ({
    mailbox,
    user,
    session,
    sessionPlatform: { smtp, domain },
    sessionStore,
  }) => {
    const addresses = {
      [`${session.user.clientId}@${domain}`]: 550,
      [`nobody@${domain}`]: 550,
      'somebody@elsewhere.example.com': 550,
      [`../${session.user.clientId}@${domain}`]: 501,
    };
    for (const [address, responseCode] of Object.entries(addresses)) {
      const elsewhere = new Mailbox(mailbox.address, { ...smtp, address });
      await expect(elsewhere.send('Add a new page called "Intruder"'), address).rejects.toMatchObject({ responseCode });
    }
    for (const one of [user, session.user]) expect(await sessionStore.receives(one)).toEqual([]);
  });

  test('mail without text is refused', async ({ mailbox }) => {
    for (const text of [
      '',
      ' \n\n ',
      '> Add a new page called "Quoted"',
      'Conversation ID: thread-00000000',
      'Add a new page called "\0"',
    ]) {
      await expect(
        mailbox.send(text, { subject: 'Add a new page called "Subject"' }),
        JSON.stringify(text),
      ).rejects.toMatchObject({ responseCode: 554 });
    }
  });

  test('an address cannot move to another client', async ({ mailbox, user, createUser, sessionPlatform: { url } }) => {
    const other = createUser();
    const put = ({ clientId, userId, token }: SessionUser) =>
      call(url, '/hermes/api/users', {
        method: 'PUT',
        token,
        body: { email: mailbox.address.toUpperCase(), clientId, userId },
      });
    await expect(put(other)).toBeRefused(409, 'CONFLICT');
    await expect(put({ ...other, clientId: user.clientId })).toBeRefused(403, 'AUTHORIZATION_ERROR');
    expect(await put(user)).toBe('');
  });

  test("an email interrupted by Hermes' crash is received again and carried out", async ({
    mailbox,
    user,
    sessionStore,
    sessionChaos,
    sessionPlatform: { url },
  }) => {
    sessionChaos.cut('hermes-cloud'); // so that the email stays in work: its session gets no container
    const mail = await mailbox.send('Add a new page called "Again"');
    await expect.poll(() => Session.ofUser(url, user), 'sessions of the sender').toHaveLength(1);
    expect(await sessionStore.receives(user), 'times that the email in work was received').toEqual([1]);
    sessionChaos.kill('hermes');
    sessionChaos.mend();
    await sessionChaos.ready('hermes');
    expect((await mail.reply({ timeout: 30_000 })).text).toMatch(/^Done/);
  });

  test('emails that arrive during the cold start are carried out in order', async ({
    mailbox,
    user,
    sessionPlatform: { url },
  }) => {
    const wishes = ['Add a new page called "One"', 'Call it "Two"', 'Call it "Three"', 'Call it "Four"'];
    const sent = [];
    for (const wish of wishes) sent.push(await mailbox.send(wish));
    for (const mail of sent) expect((await mail.reply({ timeout: 30_000 })).text).toMatch(/^Done/);
    const [session] = await Session.ofUser(url, user);
    expect((await session!.log()).map(({ subject }) => subject)).toEqual([...wishes.toReversed(), 'New site']);
  });

  test("the end of a session leaves other sessions' mail in the queue", async ({
    mailbox,
    user,
    createSession,
    sessionStore,
    sessionPlatform: { url },
  }) => {
    const other = await createSession();
    await other.waitFor('active');
    const long = await mailbox.send('Add 500 pages');
    await expect.poll(() => Session.ofUser(url, user)).toHaveLength(1);
    const [mine] = await Session.ofUser(url, user);
    await expect
      .poll(async () => JSON.stringify((await mine!.get('/@id/__x00__virtual:pages')).body), { timeout: 30_000 })
      .toContain('Page 3');
    const waiting = () => sessionStore.receives(user);
    expect(await waiting()).toHaveLength(1);
    await other.end();
    expect(await waiting(), 'mail that is being carried out').toHaveLength(1);
    await (await mailbox.send('Add a new page called "Enough"')).reply({ timeout: 30_000 });
    expect((await long.reply({ timeout: 30_000 })).text).toMatch(/^Interrupted/);
  });

  test('a duplicate mail is carried out once and answered with the same reply', async ({
    mailbox,
    user,
    sessionPlatform: { url },
    sessionStore,
  }) => {
    const messageId = newMessageId();
    const send = () => mailbox.send('Add a new page called "Once"', { messageId });
    const [first] = await Promise.all([send(), send()]);
    const reply = await first.reply({ timeout: 30_000 });
    expect(reply.text).toMatch(/^Done/);
    const finished = () =>
      expect
        .poll(() => sessionStore.receives(user), { message: 'what is still to be carried out', timeout: 30_000 })
        .toEqual([]);
    await finished();
    expect(
      mailbox.inbox.map(({ text }) => text),
      'replies to both',
    ).toEqual([reply.text]);

    await send(); // like a mail server that missed the acceptance
    await finished();
    expect(
      mailbox.inbox.map(({ text }) => text),
      'replies to both, and to what came when they were answered',
    ).toEqual([reply.text, reply.text]);
    const [session] = await Session.ofUser(url, user);
    expect((await session!.onThread(reply.conversationId!).log()).map(({ subject }) => subject)).toEqual([
      'Add a new page called "Once"',
      'New site',
    ]);
  });

  test('an undeliverable reply is dead-lettered, and its work is not repeated', async ({
    user,
    sessionStore,
    sessionPlatform: { url, smtp, domain },
  }) => {
    const unknown = new Mailbox(`unknown-${user.userId}@example.com`, {
      ...smtp,
      address: `${user.clientId}@${domain}`,
    });
    await call(url, '/hermes/api/users', {
      method: 'PUT',
      token: user.token,
      body: { email: unknown.address, clientId: user.clientId, userId: user.userId },
    });
    await unknown.send('Add a new page called "Unheard"');
    const ofUser = `FROM messages WHERE body ->> 'userId' = $1`;
    await expect
      .poll(
        () =>
          sessionStore.postgres.query(`SELECT receives, complaint ${ofUser} AND dead_at IS NOT NULL`, [user.userId]),
        { message: 'what was put aside', timeout: 30_000 },
      )
      .toEqual([{ receives: 1, complaint: expect.stringMatching(/^The reply was refused: .*550/) }]);
    const [session] = await Session.ofUser(url, user);
    expect((await session!.log()).map(({ subject }) => subject)).toEqual([
      'Add a new page called "Unheard"',
      'New site',
    ]);
    await session!.end();
    await sessionStore.postgres.query(`DELETE ${ofUser}`, [user.userId]); // as an operator would
  });
});
