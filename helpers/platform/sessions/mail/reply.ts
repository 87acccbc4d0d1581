import { createHash } from 'node:crypto';
import { shortened } from '../../../lib/text.ts';
import { type InboundMail, oneLine } from './message.ts';
import { conversationLine } from './text.ts';

/** What became of an instruction. */
export type Outcome =
  | { readonly kind: 'done'; readonly instruction: string; readonly previewUrl: string }
  | { readonly kind: 'interrupted'; readonly instruction: string; readonly previewUrl: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly instruction: string; readonly reason: string };

/** The word that the text of a reply begins with. */
export const openings: Readonly<Record<Outcome['kind'], string>> = {
  done: 'Done',
  interrupted: 'Interrupted',
  refused: 'Refused',
  failed: 'Failed',
};

export const previewLabel = 'Preview: ';

/** A mail that answers another. */
export interface OutboundMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
}

/**
 * What a reply says of an outcome. What somebody else has written goes into one line, so that it cannot look like one
 * of ours.
 */
export function replyText(outcome: Outcome): string {
  const opening = openings[outcome.kind];
  switch (outcome.kind) {
    case 'done':
      return `${opening}: ${inShort(outcome.instruction)}\n\n${previewLabel}${outcome.previewUrl}`;
    case 'interrupted':
      return `${opening} by your next message: ${inShort(outcome.instruction)}\nWhat was done until then is kept.\n\n${previewLabel}${outcome.previewUrl}`;
    case 'refused':
      return `${opening}: ${inShort(outcome.reason)}`;
    case 'failed':
      return `${opening}: ${inShort(outcome.instruction)}\nReason: ${inShort(outcome.reason)}`;
  }
}

/** What one has to know of a mail to answer it. */
export type AnsweredMail = Pick<InboundMail, 'messageId' | 'from' | 'to' | 'subject' | 'references'>;

/**
 * The reply to a mail, in its conversation (threading: RFC 5322, section 3.6.4). It has the same id whoever makes it,
 * so that a reply which comes twice is known as one.
 */
export function replyTo(mail: AnsweredMail, text: string, conversationId: string | undefined): OutboundMail {
  const from = mail.to[0]!;
  const subject = oneLine(mail.subject);
  return {
    messageId: `<${createHash('sha256').update(`${mail.messageId} ${mail.from}`).digest('hex').slice(0, 32)}@${from.split('@').at(-1)}>`,
    from,
    to: mail.from,
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`.trimEnd(),
    text: conversationId === undefined ? `${text}\n` : `${text}\n\n${conversationLine(conversationId)}\n`,
    inReplyTo: mail.messageId,
    references: [...mail.references, mail.messageId],
  };
}

function inShort(text: string): string {
  return shortened(oneLine(text), 200);
}
