import { createHash } from 'node:crypto';
import { shortened } from '../../../lib/text.ts';
import { type InboundMail, oneLine } from './message.ts';
import { conversationLine } from './text.ts';

/** The outcome of an instruction. */
export type Outcome =
  | { readonly kind: 'done'; readonly instruction: string; readonly previewUrl: string }
  | { readonly kind: 'interrupted'; readonly instruction: string; readonly previewUrl: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly instruction: string; readonly reason: string };

/** The first word of a reply's text. */
export const openings: Readonly<Record<Outcome['kind'], string>> = {
  done: 'Done',
  interrupted: 'Interrupted',
  refused: 'Refused',
  failed: 'Failed',
};

export const previewLabel = 'Preview: ';

/** A reply to a mail. */
export interface OutboundMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
}

/** The text of a reply. Others' texts are reduced to one line, so that they cannot imitate the platform's. */
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

/** The parts of a mail that a reply needs. */
export type AnsweredMail = Pick<InboundMail, 'messageId' | 'from' | 'to' | 'subject' | 'references'>;

/** The reply to a mail, in its conversation (RFC 5322, 3.6.4). Its id is the same when it is sent again. */
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
