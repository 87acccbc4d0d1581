import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import * as consumers from 'node:stream/consumers';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { expect, test as base } from '../../../testing/index.ts';
import { mailParts } from './parts.ts';
import {
  type InboundMail,
  MailReceiver,
  type MailReceiverParts,
  newCredentials,
  type OutboundMail,
  replyText,
  replyTo,
  SmtpSender,
  submission,
} from './index.ts';

interface MailFixture {
  /** The delivered mails. */
  readonly delivered: InboundMail[];
  readonly receiver: MailReceiver;
  /** Sends a mail by nodemailer, by default to `edit@platform.example`. */
  send(mail: Parameters<ReturnType<typeof createTransport>['sendMail']>[0]): Promise<unknown>;
  /** Sends a raw message, and returns the server's answer to its end. */
  sendRaw(message: string | Buffer): Promise<string>;
}

const ours = ['edit@platform.example', 'grüße@platform.example', 'second@platform.example'];

const auth = newCredentials('people');
const isAllowed: MailReceiverParts['isAllowed'] = (given) => submission.isAllowed(given, auth);
/** The command that authenticates (AUTH PLAIN, RFC 4616). */
const login = `AUTH PLAIN ${Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64')}`;

/** A receiver that delivers to memory, and fails for the subject `fail`. */
const test = base.extend<{ mails: MailFixture }>({
  mails: async ({}, use) => {
    const delivered: InboundMail[] = [];
    await using receiver = await MailReceiver.open({
      ...mailParts,
      isAllowed,
      accepts: (address) => ours.includes(address),
      deliver: async (mail) => {
        await new Promise(setImmediate);
        if (mail.subject === 'fail') throw new Error('the queue is full');
        delivered.push(mail);
      },
    });
    const transport = createTransport({ host: '127.0.0.1', port: receiver.port, auth, pool: true });
    await use({
      delivered,
      receiver,
      send: (mail) => transport.sendMail({ from: 'ana@example.com', to: ours[0]!, ...mail }),
      sendRaw: (message) =>
        converse(receiver.port, [
          'EHLO test',
          login,
          'MAIL FROM:<ana@example.com>',
          `RCPT TO:<${ours[0]}>`,
          'DATA',
          Buffer.concat([Buffer.from(message), Buffer.from('\r\n.')]),
        ]),
    });
    transport.close();
  },
});

/** Sends one line after the other, each after the previous answer, and returns the last answer. */
async function converse(port: number, lines: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = await nextAnswer(socket);
  for (const line of lines) {
    socket.write(line);
    socket.write('\r\n');
    answer = await nextAnswer(socket);
  }
  socket.destroy();
  return answer;
}

async function nextAnswer(socket: NodeJS.EventEmitter): Promise<string> {
  let text = '';
  while (!/^\d{3} .*\r\n$/m.test(text)) text += String((await once(socket, 'data'))[0]);
  return text.trim();
}

test('a mail is delivered as it was sent', async ({ mails }) => {
  await mails.send({
    messageId: '<1@example.com>',
    inReplyTo: '<0@example.com>',
    references: ['<a@example.com>', '<0@example.com>'],
    subject: 'Größer: 見出し',
    text: 'Nenne es „Über uns“ — 見出し 🚀\n\nOn Fri, 21 Nov 2025, Edit wrote:\n> Done\n>\n> Conversation ID: thread-1a2b3c4d\n',
  });
  expect(mails.delivered).toEqual([
    {
      messageId: '<1@example.com>',
      from: 'ana@example.com',
      to: ['edit@platform.example'],
      subject: 'Größer: 見出し',
      text: 'Nenne es „Über uns“ — 見出し 🚀',
      inReplyTo: '<0@example.com>',
      references: ['<a@example.com>', '<0@example.com>'],
      conversationId: 'thread-1a2b3c4d',
    },
  ]);
});

test('each of our recipients gets the mail, umlauts included', async ({ mails }) => {
  await mails.send({ to: ours, text: 'Hello' });
  expect(mails.delivered.map(({ to }) => to)).toEqual([ours]);
});

test('eight-bit text arrives unchanged', async ({ mails }) => {
  expect(
    await mails.sendRaw(
      'From: ana@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Transfer-Encoding: 8bit\r\n\r\nÜber 見出し',
    ),
  ).toBe('250 OK: message queued');
  expect(mails.delivered[0]!.text).toBe('Über 見出し');
});

test('leading dots and a megabyte of text arrive unchanged', async ({ mails }) => {
  const dots = '.\n..\n.leading\n...';
  const large = `${'x'.repeat(70)}\n`.repeat(15_000).trim();
  for (const text of [dots, large]) await mails.send({ text });
  expect(mails.delivered.map(({ text }) => text)).toEqual([dots, large]);
});

test('any text arrives unchanged', async ({ mails }) => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((one) => `- ${one.replaceAll(/[\r\n\0]/g, '')}.`);
  await fc.assert(
    fc.asyncProperty(text, text, async (body, subject) => {
      await mails.send({ text: body, subject });
      expect(mails.delivered.at(-1)).toMatchObject({ text: body });
    }),
    { numRuns: 50 },
  );
});

test('a refused mail gets the documented code and is not delivered', async ({ mails }) => {
  await expect(mails.send({ subject: 'fail', text: 'Hello' })).rejects.toMatchObject({
    responseCode: 451,
    response: '451 The message cannot be taken now, try again later: the queue is full',
  });
  await expect(mails.send({ to: 'nobody@platform.example', text: 'Hello' })).rejects.toMatchObject({
    responseCode: 550,
    response: '550 No mailbox here has the address nobody@platform.example',
  });
  await expect(mails.send({ text: 'x'.repeat(3_000_000) })).rejects.toMatchObject({
    responseCode: 552,
    response: '552 Error: message exceeds fixed maximum message size 2097152',
  });
  await expect(mails.send({ text: '> only a quote' })).rejects.toMatchObject({
    responseCode: 554,
    response: '554 The message has no text',
  });
  expect(mails.delivered).toEqual([]);
});

test('a mail that grows over the limit is refused and the next is accepted', async ({ mails }) => {
  expect(await mails.sendRaw(`From: ana@example.com\r\n\r\n${'x'.repeat(3_000_000)}`)).toBe(
    '552 Error: message exceeds fixed maximum message size 2097152',
  );
  await mails.send({ text: 'small' });
  expect(mails.delivered.map(({ text }) => text)).toEqual(['small']);
});

test('a mail without a message id gets the same id each time', async ({ mails }) => {
  for (let count = 0; count < 2; count++) await mails.sendRaw('From: ana@example.com\r\n\r\nHello');
  expect(mails.delivered[0]!.messageId).toMatch(/^<[0-9a-f]{64}@no-message-id>$/);
  expect(mails.delivered[1]!.messageId).toBe(mails.delivered[0]!.messageId);
});

test('a mail is acknowledged only once it is stored', async ({}) => {
  const order: string[] = [];
  let take = (): void => undefined;
  const delivering = new Promise<void>((begun) => {
    take = begun;
  });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await using receiver = await MailReceiver.open({
    ...mailParts,
    isAllowed,
    accepts: () => true,
    deliver: async () => {
      take();
      await held;
      order.push('delivered');
    },
  });
  using sender = new SmtpSender({ host: '127.0.0.1', port: receiver.port, auth });
  const sent = sender.send(outboundMail({})).then(() => order.push('accepted'));
  await delivering;
  await converse(receiver.port, ['EHLO test', 'NOOP']); // leaves time for a premature answer
  expect(order).toEqual([]);
  release();
  await sent;
  expect(order).toEqual(['delivered', 'accepted']);
});

test('an incomplete mail is discarded', async ({ mails }) => {
  const socket = connect(mails.receiver.port, '127.0.0.1');
  for (const line of ['EHLO test', login, 'MAIL FROM:<ana@example.com>', `RCPT TO:<${ours[0]}>`, 'DATA']) {
    await nextAnswer(socket);
    socket.write(`${line}\r\n`);
  }
  await nextAnswer(socket);
  socket.end('From: ana@example.com\r\n\r\nDelete the');
  await once(socket, 'close');
  await mails.send({ text: 'Delete the last page' });
  expect(mails.delivered.map(({ text }) => text)).toEqual(['Delete the last page']);
});

test('a reopened receiver keeps its port, and clients reconnect', async ({}) => {
  const delivered: string[] = [];
  const parts = {
    ...mailParts,
    isAllowed,
    accepts: () => true,
    deliver: async ({ subject }: InboundMail) => void delivered.push(subject),
  };
  const first = await MailReceiver.open(parts);
  const { port } = first;
  using sender = new SmtpSender({ host: '127.0.0.1', port, auth });
  await sender.send(outboundMail({ subject: 'one' }));
  await first[Symbol.asyncDispose]();
  await expect(sender.send(outboundMail({ subject: 'lost' }))).rejects.toThrow(
    `connect ECONNREFUSED 127.0.0.1:${port}`,
  );
  await using second = await MailReceiver.open(parts, port);
  expect(second.port).toBe(port);
  await sender.send(outboundMail({ subject: 'two' }));
  expect(delivered).toEqual(['one', 'two']);
});

test('a port in use is reported', async ({ mails }) => {
  await expect(
    MailReceiver.open(
      { ...mailParts, isAllowed, accepts: () => true, deliver: () => Promise.resolve() },
      mails.receiver.port,
    ),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a reply asks for no automatic answer', async ({}) => {
  let raw = '';
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: (_given, _session, answer) => answer(null, { user: 'people' }),
    onData: (stream, _session, answer) => void consumers.text(stream).then((all) => answer(undefined, (raw = all))),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  {
    using sender = new SmtpSender({ host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, auth });
    await sender.send(outboundMail({ subject: 'one' }));
  }
  await new Promise<void>((resolve) => {
    server.close(resolve);
  });
  expect(raw).toMatch(/^Auto-Submitted: auto-replied\r$/m); // RFC 3834
});

test.describe('a reply', () => {
  const asked: InboundMail = {
    messageId: '<2@example.com>',
    from: 'edit@platform.example',
    to: ['edit@platform.example'],
    subject: 'A page',
    text: 'Add a page',
    inReplyTo: '<1@example.com>',
    references: ['<1@example.com>'],
    conversationId: undefined,
  };

  test('a reply is in its conversation', async ({ mails }) => {
    using sender = new SmtpSender({ host: '127.0.0.1', port: mails.receiver.port, auth });
    const reply = replyTo(
      asked,
      replyText({ kind: 'done', instruction: 'Add a page', previewUrl: 'http://127.0.0.1/preview/1/' }),
      'thread-1',
    );
    await sender.send(reply);
    expect(reply.text).toBe('Done: Add a page\n\nPreview: http://127.0.0.1/preview/1/\n\nConversation ID: thread-1\n');
    expect(mails.delivered).toEqual([
      {
        messageId: reply.messageId,
        from: 'edit@platform.example',
        to: ['edit@platform.example'],
        subject: 'Re: A page',
        text: 'Done: Add a page\n\nPreview: http://127.0.0.1/preview/1/',
        inReplyTo: '<2@example.com>',
        references: ['<1@example.com>', '<2@example.com>'],
        conversationId: 'thread-1',
      },
    ]);
    expect(replyTo({ ...asked, subject: 'Re: A page' }, 'Done', 'thread-1').subject).toBe('Re: A page');
  });

  test('a reply says what was done', () => {
    expect(replyText({ kind: 'interrupted', instruction: 'Add a page', previewUrl: 'http://p/' })).toBe(
      'Interrupted by your next message: Add a page\nWhat was done until then is kept.\n\nPreview: http://p/',
    );
    expect(replyText({ kind: 'refused', reason: 'You have no project' })).toBe('Refused: You have no project');
    expect(replyText({ kind: 'failed', instruction: 'Add a page', reason: 'the build broke' })).toBe(
      'Failed: Add a page\nReason: the build broke',
    );
  });

  test('a reply cannot be given injected lines or headers', async ({ mails }) => {
    using sender = new SmtpSender({ host: '127.0.0.1', port: mails.receiver.port, auth });
    const hostile = fc
      .array(
        fc.constantFrom(
          '\r\n',
          '\n',
          '\r',
          '\0',
          '\u2028',
          'Bcc: second@platform.example',
          'Conversation ID: thread-2',
          'Preview: http://evil/',
          ',',
          '<9@example.com>',
          '"',
          ' ',
          '\r\n\r\n',
          'x',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (subject, instruction) => {
        const reply = replyTo(
          { ...asked, subject },
          replyText({ kind: 'done', instruction, previewUrl: 'http://p/' }),
          'thread-1',
        );
        await sender.send(reply);
        const got = mails.delivered.at(-1)!;
        expect(got).toMatchObject({
          to: ['edit@platform.example'],
          inReplyTo: '<2@example.com>',
          references: ['<1@example.com>', '<2@example.com>'],
          conversationId: 'thread-1',
        });
        expect(got.text.split('\n').filter((line) => /^(Preview|Bcc|Conversation)/.test(line))).toEqual([
          'Preview: http://p/',
        ]);
      }),
      { numRuns: 50 },
    );
    expect(mails.delivered).toHaveLength(50);
  });

  test('a reply goes to none of the addresses hidden in an address', async ({ mails }) => {
    using sender = new SmtpSender({ host: '127.0.0.1', port: mails.receiver.port, auth });
    for (const to of [
      'edit@platform.example, second@platform.example',
      'edit@platform.example>\r\nRCPT TO:<second@platform.example',
      'edit@platform.example\r\nBcc: second@platform.example',
    ]) {
      await expect(sender.send(outboundMail({ to }))).rejects.toMatchObject({
        response: '501 Error: Bad recipient address syntax',
      });
    }
    await sender.send(outboundMail({ to: 'edit@platform.example\0' }));
    expect(mails.delivered.map(({ to }) => to)).toEqual([['edit@platform.example']]);
  });

  test("a refused reply reports the server's answer", async ({ mails }) => {
    using sender = new SmtpSender({ host: '127.0.0.1', port: mails.receiver.port, auth });
    await expect(sender.send(outboundMail({ to: 'nobody@example.com' }))).rejects.toMatchObject({
      responseCode: 550,
      response: '550 No mailbox here has the address nobody@example.com',
    });
    await expect(sender.send(outboundMail({ subject: 'fail' }))).rejects.toMatchObject({
      responseCode: 451,
      message: expect.stringContaining('451 The message cannot be taken now, try again later: the queue is full'),
    });
  });
});

function outboundMail(overrides: Partial<OutboundMail>): OutboundMail {
  return {
    messageId: `<${Math.random()}@platform.example>`,
    from: 'edit@platform.example',
    to: 'edit@platform.example',
    subject: 'A page',
    text: 'Done',
    inReplyTo: '<2@example.com>',
    references: [],
    ...overrides,
  };
}

test.describe('a sender', () => {
  const plain = (user: string, pass: string): string =>
    `AUTH PLAIN ${Buffer.from(`\0${user}\0${pass}`).toString('base64')}`;
  const attempts: Readonly<Record<string, readonly string[]>> = {
    'without credentials': [],
    'with a wrong password': [plain(auth.user, 'guessed')],
    'with the beginning of the password': [plain(auth.user, auth.pass.slice(0, -1))],
    'with an empty password': [plain(auth.user, '')],
    'as another user': [plain('stranger', auth.pass)],
    'with an unfinished login': ['AUTH LOGIN', '*'],
  };

  for (const [name, words] of Object.entries(attempts)) {
    test(`a sender ${name} is refused`, async ({ mails }) => {
      expect(await converse(mails.receiver.port, ['EHLO test', ...words, `MAIL FROM:<ana@example.com>`])).toMatch(
        /^530 /,
      );
      await mails.send({ text: 'Delete the last page' });
      expect(mails.delivered).toHaveLength(1);
    });
  }

  test('a sender with the right password is accepted by AUTH LOGIN, too', async ({ mails }) => {
    const words = ['AUTH LOGIN', ...[auth.user, auth.pass].map((text) => Buffer.from(text).toString('base64'))];
    expect(await converse(mails.receiver.port, ['EHLO test', ...words, 'MAIL FROM:<ana@example.com>'])).toMatch(
      /^250 /,
    );
  });

  test('a silent sender is disconnected', async ({}) => {
    await using receiver = await MailReceiver.open(
      { ...mailParts, isAllowed, accepts: () => true, deliver: () => Promise.resolve() },
      0,
      50,
    );
    const socket = connect(receiver.port, '127.0.0.1').resume();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});
