import {
  type InboundMail,
  MailReceiver,
  SmtpSender,
  type Outcome,
  replyText,
  replyTo,
} from '../platform/sessions/mail/index.ts';
import { mailParts } from '../platform/sessions/mail/parts.ts';
import { expect, test as base } from '../testing/index.ts';
import type { Mailbox } from './mailbox.ts';
import { MailServer } from './mail-server.ts';

const address = 'edit@platform.example';

/** The outcomes with which a scripted platform replies to a mail. */
type ReplyScript = (mail: InboundMail) => readonly Outcome[];

interface Fixtures {
  office: MailServer;
  /** Opens a platform that follows a script, and a mailbox that writes to it. */
  writeTo: (script: ReplyScript) => Promise<{ readonly mailbox: Mailbox; readonly received: readonly InboundMail[] }>;
}

const test = base.extend<Fixtures>({
  office: async ({}, use) => {
    await using office = await MailServer.open();
    await use(office);
  },

  writeTo: async ({ office }, use) => {
    using sender = new SmtpSender(office);
    const platforms: MailReceiver[] = [];
    await use(async (script) => {
      const received: InboundMail[] = [];
      const platform = await MailReceiver.open({
        ...mailParts,
        isAllowed: () => true,
        accepts: (to) => to === address,
        deliver: async (mail) => {
          received.push(mail);
          for (const outcome of script(mail))
            await sender.send(replyTo(mail, replyText(outcome), mail.conversationId ?? 'thread-1'));
        },
      });
      platforms.push(platform);
      return {
        mailbox: office.mailbox(
          { host: '127.0.0.1', port: platform.port, auth: { user: 'ana', pass: 'any' }, address },
          'ana',
        ),
        received,
      };
    });
    for (const platform of platforms) await platform[Symbol.asyncDispose]();
  },
});

const done = ({ text: instruction }: InboundMail): Outcome[] => [
  { kind: 'done', instruction, previewUrl: 'http://127.0.0.1:1/preview/1/?a=1' },
];

test('a mail is replied to, and the answer goes on with the conversation', async ({ writeTo }) => {
  const { mailbox, received } = await writeTo(done);
  const first = await mailbox.send('Add a page called "Größe"');
  const reply = await first.reply();
  expect(reply).toMatchObject({
    inReplyTo: first.messageId,
    subject: 'Re: Add a page called "Größe"',
    from: address,
    previewUrl: 'http://127.0.0.1:1/preview/1/?a=1',
    conversationId: 'thread-1',
    isDone: true,
    isInterrupted: false,
    isRefusal: false,
    isFailure: false,
  });
  const second = await (await (await reply.answer('Call it "Home"')).reply()).answer('Or "Start"');
  await second.reply();
  expect(received).toMatchObject([
    { from: mailbox.address, text: 'Add a page called "Größe"', conversationId: undefined, references: [] },
    {
      text: 'Call it "Home"',
      subject: 'Re: Add a page called "Größe"',
      conversationId: 'thread-1',
      inReplyTo: reply.messageId,
      references: [first.messageId, reply.messageId],
    },
    { text: 'Or "Start"', conversationId: 'thread-1', references: { length: 4 } },
  ]);
  expect(mailbox.inbox).toHaveLength(3);
});

test('an explicit conversation id needs no earlier answer', async ({ writeTo }) => {
  const { mailbox, received } = await writeTo(done);
  const reply = await (await mailbox.send('Go on', { subject: 'Again', conversation: 'thread-9' })).reply();
  expect([received[0]!.text, received[0]!.subject, reply.conversationId]).toEqual(['Go on', 'Again', 'thread-9']);
});

test('done, interrupted and failed replies are distinguished', async ({ writeTo }) => {
  const { mailbox } = await writeTo(({ text }) => {
    if (text === 'interrupt') return [{ kind: 'interrupted', instruction: text, previewUrl: 'http://p/' }];
    return [
      text === 'refuse'
        ? { kind: 'refused', reason: 'no project' }
        : { kind: 'failed', instruction: text, reason: 'the build broke' },
    ];
  });
  const replies = await Promise.all(
    ['interrupt', 'refuse', 'fail'].map(async (text) => (await mailbox.send(text)).reply()),
  );
  expect(
    replies.map(({ isDone, isInterrupted, isRefusal, isFailure }) => [isDone, isInterrupted, isRefusal, isFailure]),
  ).toEqual([
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, true],
  ]);
  expect(() => replies[1]!.previewUrl).toThrow(
    'The reply names no preview:\nRefused: no project\n\nConversation ID: thread-1',
  );
});

test('each mail gets its own reply', async ({ office, writeTo }) => {
  const { mailbox } = await writeTo(done);
  const mails = await Promise.all(Array.from({ length: 20 }, (_, number) => mailbox.send(`number ${number}.`)));
  const replies = await Promise.all(mails.map((mail) => mail.reply()));
  expect(replies.map(({ text }) => text.split('\n')[0])).toEqual(mails.map((_, number) => `Done: number ${number}.`));
  expect(office.mailbox({ host: '127.0.0.1', port: 1, address }).inbox).toEqual([]);
});

test('a missing reply is reported with the mail that came instead', async ({ writeTo }) => {
  const { mailbox } = await writeTo((mail) => (mail.text === 'silence' ? [] : done(mail)));
  const heard = await mailbox.send('hello');
  await heard.reply();
  const unheard = await mailbox.send('silence');
  await expect(unheard.reply({ timeout: 50 })).rejects.toThrow(
    `Waited 0.05 s in vain for a reply to "silence" ${unheard.messageId}; what came to ${mailbox.address}: "Re: ` +
      `hello" in reply to ${heard.messageId}.`,
  );
  expect(mailbox.transcript).toMatch(
    /> <.*\nSubject: hello\n\nhello\n\n.*< <.*> in reply to <.*\nSubject: Re: hello\n\nDone: hello\n/,
  );
});

test("a rejected mail is reported with the server's answer", async ({ writeTo, office }) => {
  const { mailbox } = await writeTo(() => {
    throw new Error('the queue is full');
  });
  await expect(mailbox.send('hello')).rejects.toMatchObject({
    responseCode: 451,
    message: expect.stringContaining('the queue is full'),
  });
  expect(mailbox.transcript).toContain('the queue is full');
  using sender = new SmtpSender(office);
  const stranger = { messageId: '<1@x>', from: address, subject: 'x', text: 'x', inReplyTo: '<2@x>', references: [] };
  await expect(sender.send({ ...stranger, to: 'nobody@example.com' })).rejects.toMatchObject({
    response: '550 No mailbox has the address nobody@example.com',
  });
  office.remove(mailbox);
  await expect(sender.send({ ...stranger, to: mailbox.address })).rejects.toMatchObject({ responseCode: 550 });
});
