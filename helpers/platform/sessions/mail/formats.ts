import EmailForwardParser from 'email-forward-parser';
import EmailReplyParser from 'email-reply-parser';
import { compile } from 'html-to-text';

/** What mail programs write around the text of a mail, in the languages that people use. */
export interface MailFormats {
  /**
   * Whether this introduces a quote: `On <date>, <name> wrote:`, or `-----Original Message-----`. It is `likely` in an
   * unknown language, where text may come before it.
   */
  attribution(line: string): 'certain' | 'likely' | undefined;
  /** Whether these lines are the head of a mail, as Outlook quotes it: `From: …`, `Sent: …`, `To: …`, `Subject: …`. */
  isOldHead(lines: readonly string[]): boolean;
  /** Whether a signature begins with this: `--`, `Sent from my …`, `Best regards,`. */
  isSignature(line: string): boolean;
  /** HTML as text: without styles, and with `> ` before what is quoted. */
  textOf(html: string): string;
}

const [replies, forwards] = [new EmailReplyParser(), new EmailForwardParser()];
/** Without a date, a time or an address, a line is a sentence that happens to end like an attribution. */
const dateOrAddress = /\d{4}|\d[:.h]\d\d|\d[/.-]\d|@/;
/** In any language: a year or a time, an address in brackets, and a colon at the end. */
const anyAttribution = /^(?=.*(?:\d{4}|\d[:.]\d\d)).*<\s?[^<>\s]+@[^<>\s]+>[^<>]*[:：]$/;

export const mailFormats: MailFormats = {
  attribution(line) {
    const text = line.trim();
    if (/^-{2,}.*\p{L}.*-{2,}$/u.test(text)) return isNoText(text) ? 'certain' : undefined;
    if (!/[:：]$/.test(text) || !dateOrAddress.test(text)) return undefined;
    return isNoText(text) ? 'certain' : anyAttribution.test(text) ? 'likely' : undefined;
  },

  isOldHead(lines) {
    const { from, date, to } = forwards.read(`${lines.join('\n')}\n\n`, 'Fwd:').email;
    const sender = from.address ?? from.name;
    return sender != null && lines[0]!.includes(sender) && [date, to].flat().some((one) => one != null);
  },

  isSignature: (line) => /^--\s*$/.test(line) || (/\p{L}.*[^:：]$/u.test(line.trim()) && isSigning(line.trim())),

  textOf: compile({
    wordwrap: false,
    selectors: [
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'hr', format: 'skip' },
    ],
    limits: { maxDepth: 500 }, // it descends by recursion
  }),
};

/** Whether the library takes a line above a quote for something other than text. */
function isNoText(line: string): boolean {
  return replies.parseReply(`text\n\n${line}\n> quote`).trim() === 'text';
}

function isSigning(line: string): boolean {
  const parts = replies.read(`text\n\n${line}`).getFragments();
  return parts.some((part) => part.isSignature());
}
