import { createHash } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';
import type { MailFormats } from './formats.ts';
import type { OwnText } from './own-text.ts';
import { conversationOf } from './text.ts';

/** The most characters of a mail's HTML, where it has no text: unclosed elements take the square of their number. */
const longestHtml = 256 * 1024;

/** A mail with an instruction. */
export interface InboundMail {
  /** With angle brackets, like all ids below. The same when a mail is sent again. */
  readonly messageId: string;
  readonly from: string;
  /** The recipients that the platform serves. */
  readonly to: readonly string[];
  readonly subject: string;
  /** The instruction: the new text, without quotes and signature. */
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

/** The parts that find a mail's text. */
export interface ReadingParts {
  readonly mailFormats: MailFormats;
  readonly ownText: OwnText;
}

/** @throws MailRefused for a mail without a sender or without text. */
export async function readMail(
  raw: Buffer,
  envelope: Envelope,
  { mailFormats, ownText }: ReadingParts,
): Promise<InboundMail> {
  const email = await PostalMime.parse(raw).catch((error: unknown) => {
    throw new MailRefused(554, `The message cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const from = addressOf(email.from) ?? envelope.from;
  if (from === '') throw new MailRefused(554, 'The message has no sender who could be answered');
  const whole = wholeText(email, mailFormats);
  const text = ownText(whole, mailFormats);
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

function wholeText({ text = '', html = '' }: Email, { textOf }: MailFormats): string {
  if (text.trim() !== '' || html === '') return text;
  if (html.length > longestHtml)
    throw new MailRefused(554, `The message has no text, and more than ${longestHtml} characters of HTML`);
  return textOf(html);
}
