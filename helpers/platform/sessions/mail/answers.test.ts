import { expect, test } from '../../../testing/session-parts.ts';
import { type Envelope, readMail } from './message.ts';
import type { MailParts } from './parts.ts';
import { replyText, replyTo } from './reply.ts';
import { conversationIn, conversationLine, quoted } from './text.ts';

const envelope: Envelope = { from: 'envelope@example.com', to: ['edit@platform.example'] };

/** A mail of these headers, as it is read. */
function read(parts: MailParts, headers: readonly string[], content = 'Make it blue') {
  return readMail(Buffer.from(`${headers.join('\r\n')}\r\n\r\n${content}`), envelope, parts);
}

test.describe('a mail', () => {
  test('its sender, ids and subject are those of its headers', async ({ mailParts }) => {
    const headers = [
      'From: Ana <ana@example.com>',
      'Subject:   \u2028Two\u2028lines ',
      'Message-ID: <one@example.com>',
      'In-Reply-To: odd <before@example.com> <more@example.com>',
      'References: <first@example.com> (a comment) <before@example.com>',
      'Content-Type: text/plain; charset=utf-8',
    ];
    expect(await read(mailParts, headers, 'Make it blue\r\n\r\n> Conversation ID: thread-1')).toEqual({
      messageId: '<one@example.com>',
      from: 'ana@example.com',
      to: envelope.to,
      subject: 'Two lines',
      text: 'Make it blue',
      inReplyTo: '<before@example.com>',
      references: ['<first@example.com>', '<before@example.com>'],
      conversationId: 'thread-1',
    });
  });

  test('without headers its sender is that of the envelope, and its id is of its content', async ({ mailParts }) => {
    const bare = await read(mailParts, ['X-Nothing: here']);
    expect(bare).toMatchObject({ from: envelope.from, subject: '', references: [] });
    expect([bare.inReplyTo, bare.conversationId]).toEqual([undefined, undefined]);
    expect(bare.messageId).toMatch(/^<[0-9a-f]{64}@no-message-id>$/);
    expect((await read(mailParts, ['X-Nothing: here'])).messageId).toBe(bare.messageId);
    expect((await read(mailParts, ['X-Nothing: here'], 'Make it red')).messageId).not.toBe(bare.messageId);
  });

  test('a malformed address is not answered', async ({ mailParts }) => {
    for (const from of ['ana', 'ana@b@c', '"a,b"@example.com', 'a;b@example.com'])
      expect((await read(mailParts, [`From: <${from}>`])).from, from).toBe(envelope.from);
    await expect(
      readMail(Buffer.from('Subject: x\r\n\r\nMake it blue'), { ...envelope, from: '' }, mailParts),
    ).rejects.toMatchObject({ responseCode: 554, message: 'The message has no sender who could be answered' });
  });

  test('a mail that cannot be read is refused', async ({ mailParts }) => {
    const nested = 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'.repeat(300);
    await expect(readMail(Buffer.from(nested), envelope, mailParts)).rejects.toMatchObject({
      responseCode: 554,
      message: expect.stringContaining('The message cannot be read: '),
    });
  });

  test('a mail without text is refused, and HTML counts where there is no other', async ({ mailParts }) => {
    const html = ['From: ana@example.com', 'Content-Type: text/html'];
    expect((await read(mailParts, html, '<p>Make it <b>blue</b></p>')).text).toBe('Make it blue');
    const refused = { responseCode: 554, message: 'The message has no text' };
    await expect(read(mailParts, ['From: ana@example.com'], ' \r\n')).rejects.toMatchObject(refused);
    const nul = ['From: ana@example.com', 'Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable'];
    await expect(read(mailParts, nul, 'a=00b')).rejects.toMatchObject({
      responseCode: 554,
      message: 'The message has characters that no text has',
    });
    const most = 256 * 1024;
    const long = (length: number) => `<p>${'x'.repeat(length - 4)}`; // the parser adds the end of the line
    expect((await read(mailParts, html, long(most))).text).toHaveLength(most - 4);
    await expect(read(mailParts, html, long(most + 1))).rejects.toMatchObject({
      message: `The message has no text, and more than ${most} characters of HTML`,
    });
  });
});

test('a mail in two forms is read as text, and as HTML where its text is empty', async ({ mailParts }) => {
  const html = '<p>Make it red</p><blockquote>Done<br>Conversation ID: thread-1</blockquote>';
  const both = async (text: string) => {
    const forms = [`text/plain\r\n\r\n${text}`, `text/html\r\n\r\n${html}`];
    const content = forms.map((form) => `--x\r\nContent-Type: ${form}\r\n`).join('');
    const headers = ['From: ana@example.com', 'Content-Type: multipart/alternative; boundary=x'];
    const mail = await read(mailParts, headers, `${content}--x--\r\n`);
    return [mail.text, mail.conversationId];
  };
  expect(await both('Make it blue')).toEqual(['Make it blue', undefined]);
  expect(await both(' \n')).toEqual(['Make it red', 'thread-1']);
});

test.describe('a reply', () => {
  const mail = {
    messageId: '<one@example.com>',
    from: 'ana@example.com',
    to: ['edit@platform.example', 'second@platform.example'],
    subject: 'A page',
    references: ['<first@example.com>'],
  };

  test('it goes to the sender, from the first address that was written to, in the conversation', () => {
    expect(replyTo(mail, 'Done', 'thread-1')).toEqual({
      messageId: expect.stringMatching(/^<[0-9a-f]{32}@platform\.example>$/),
      from: 'edit@platform.example',
      to: 'ana@example.com',
      subject: 'Re: A page',
      text: 'Done\n\nConversation ID: thread-1\n',
      inReplyTo: '<one@example.com>',
      references: ['<first@example.com>', '<one@example.com>'],
    });
  });

  test('it has one Re:, and without a subject no space behind it', () => {
    const subjects = ['RE: A page', 're:x', 'About re: x', ''].map(
      (subject) => replyTo({ ...mail, subject }, '', 'a').subject,
    );
    expect(subjects).toEqual(['RE: A page', 're:x', 'Re: About re: x', 'Re:']);
  });

  test('it has the same id when it is sent again, and another for another mail or sender', () => {
    const idOf = (change: object) => replyTo({ ...mail, ...change }, 'Done', undefined).messageId;
    expect(idOf({ subject: 'other' })).toBe(idOf({}));
    expect(new Set([idOf({}), idOf({ messageId: '<two@example.com>' }), idOf({ from: 'ben@example.com' })]).size).toBe(
      3,
    );
  });

  test('outside of a conversation it names none', () => {
    expect(replyTo(mail, 'Refused: no', undefined).text).toBe('Refused: no\n');
  });

  test('it says what became of the instruction, each in one line of at most 200 characters', () => {
    const previewUrl = 'http://127.0.0.1/preview/1/';
    const instruction = 'Add\na page';
    expect(replyText({ kind: 'done', instruction, previewUrl })).toBe(`Done: Add a page\n\nPreview: ${previewUrl}`);
    expect(replyText({ kind: 'interrupted', instruction, previewUrl })).toBe(
      `Interrupted by your next message: Add a page\nWhat was done until then is kept.\n\nPreview: ${previewUrl}`,
    );
    expect(replyText({ kind: 'refused', reason: 'you are\r\nunknown' })).toBe('Refused: you are unknown');
    expect(replyText({ kind: 'failed', instruction, reason: 'no\u0000room' })).toBe(
      'Failed: Add a page\nReason: no room',
    );
    expect(replyText({ kind: 'refused', reason: 'x'.repeat(201) })).toBe(`Refused: ${'x'.repeat(199)}…`);
  });
});

test('a quoted text has a sign before each line, and none of its own behind it', () => {
  expect(quoted('one\r\n\n> two')).toBe('> one\n>\n>> two');
});

test('a conversation is named by a line of its own, in any case, quoted or not', () => {
  expect(conversationIn(conversationLine('a-1'))).toBe('a-1');
  expect(
    ['>> conversation id:a', ' Conversation ID:  a_1  ', `Conversation ID: ${'x'.repeat(100)}`].map(conversationIn),
  ).toEqual(['a', 'a_1', 'x'.repeat(100)]);
  const none = [
    'My Conversation ID: a',
    'Conversation ID: a b',
    'Conversation ID:',
    `Conversation ID: ${'x'.repeat(101)}`,
  ];
  expect(none.map(conversationIn)).toEqual([undefined, undefined, undefined, undefined]);
});
