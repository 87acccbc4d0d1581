import { createHash } from 'node:crypto';
import PostalMime, { type Address } from 'postal-mime';
import { conversationOf, instructionOf } from './text.ts';

/** A mail with an instruction. */
export interface InboundMail {
  /** With angle brackets, like all ids below. The same when a mail is sent again. */
  readonly messageId: string;
  readonly from: string;
  /** The recipients that the platform serves. */
  readonly to: readonly string[];
  readonly subject: string;
  /** The instruction: the new text, without quotes. */
  readonly text: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  /** From a line `Conversation ID: <id>`, quoted or not. */
  readonly conversationId: string | undefined;
}

/** A refused mail, with SMTP's reply code (RFC 5321, section 4.2.3). */
export class MailRefused extends Error {
  readonly responseCode: 451 | 535 | 550 | 554;

  constructor(responseCode: 451 | 535 | 550 | 554, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

/** The sender and recipients in the servers' exchange. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** @throws MailRefused for a mail without a sender or without text. */
export async function readMail(raw: Buffer, envelope: Envelope): Promise<InboundMail> {
  const email = await PostalMime.parse(raw).catch((error: unknown) => {
    throw new MailRefused(554, `The message cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const from = addressOf(email.from) ?? envelope.from;
  if (from === '') throw new MailRefused(554, 'The message has no sender who could be answered');
  const whole = email.text ?? (email.html === undefined ? '' : await textOfHtml(email.html));
  const text = instructionOf(whole);
  if (text === '') throw new MailRefused(554, 'The message has no text');
  if (text.includes('\0') || !text.isWellFormed())
    throw new MailRefused(554, 'The message has characters that no text has');
  return {
    // A mail without an id gets one from its content, so that a repetition has the same.
    messageId: idsIn(email.messageId)[0] ?? `<${createHash('sha256').update(raw).digest('hex')}@no-message-id>`,
    from,
    to: envelope.to,
    subject: oneLine(email.subject ?? ''),
    text,
    inReplyTo: idsIn(email.inReplyTo)[0],
    references: idsIn(email.references),
    conversationId: conversationOf(whole),
  };
}

/** A text as one line without control characters, which are not allowed in headers. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** Extracts message ids (RFC 5322, section 3.6.4), and ignores everything else in a header. */
function idsIn(header: string | undefined): string[] {
  return header?.match(/<[^<>\s\p{Cc}]+>/gu) ?? [];
}

function addressOf(address: Address | undefined): string | undefined {
  const found = address?.address;
  return found !== undefined && /^[^\s@<>,;:"\p{Cc}]+@[^\s@<>,;:"\p{Cc}]+$/u.test(found) ? found : undefined;
}

/** The library converts HTML to text only when a message has both, so an empty text is added. */
async function textOfHtml(html: string): Promise<string> {
  const boundary = 'a boundary that no mail has: 1f0c8a52';
  const part = (type: string, content: string): string =>
    `--${boundary}\r\nContent-Type: text/${type}; charset=utf-8\r\n\r\n${content}\r\n`;
  const marked = html.replaceAll(/<blockquote\b/gi, '<br>&gt; <blockquote');
  const { text = '' } = await PostalMime.parse(
    `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${part('plain', '')}${part('html', marked)}--${boundary}--\r\n`,
  );
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
