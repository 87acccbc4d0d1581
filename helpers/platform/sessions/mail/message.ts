import { createHash } from 'node:crypto';
import PostalMime, { type Address } from 'postal-mime';
import { conversationOf, instructionOf } from './text.ts';

/** A mail from somebody who wants something done. */
export interface InboundMail {
  /** With its angle brackets, as in all that follows. The same when a mail is sent again. */
  readonly messageId: string;
  readonly from: string;
  /** Those of its recipients that we serve. */
  readonly to: readonly string[];
  readonly subject: string;
  /** The instruction: what is new in it, without what it quotes. */
  readonly text: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  /** From a line `Conversation ID: <id>`, quoted or not. */
  readonly conversationId: string | undefined;
}

/** A mail that is refused, with the reply code of SMTP (RFC 5321, section 4.2.3). */
export class MailRefused extends Error {
  readonly responseCode: 451 | 535 | 550 | 554;

  constructor(responseCode: 451 | 535 | 550 | 554, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

/** Who a mail came from and goes to, as the servers said it to each other. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** @throws MailRefused when nobody has sent it, or nothing is said in it. */
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
    // One that has none gets one by what it is, so that it is known again.
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

/** A text as one line without control characters, which have no place in a header. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** Message ids (RFC 5322, section 3.6.4), and nothing else that a header may hold. */
function idsIn(header: string | undefined): string[] {
  return header?.match(/<[^<>\s\p{Cc}]+>/gu) ?? [];
}

function addressOf(address: Address | undefined): string | undefined {
  const found = address?.address;
  return found !== undefined && /^[^\s@<>,;:"\p{Cc}]+@[^\s@<>,;:"\p{Cc}]+$/u.test(found) ? found : undefined;
}

/** The library turns HTML into text where both stand in one message, so it gets an empty text beside it. */
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
