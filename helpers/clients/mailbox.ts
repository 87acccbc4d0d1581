import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Email } from 'postal-mime';
import {
  conversationLine,
  conversationOf,
  openings,
  type Outcome,
  previewLabel,
  quoted,
  type SmtpCredentials,
} from '../platform/sessions/mail/index.ts';
import type { Measure } from './experiments.ts';

/** The address at which a platform receives mail. */
export interface MailAddress {
  readonly host: string;
  readonly port: number;
  /** Credentials for the platform's mail server; absent where it needs none. */
  readonly auth?: SmtpCredentials;
  readonly address: string;
}

export interface SendOptions {
  /** Default: the beginning of the text. */
  readonly subject?: string;
  /** The id of the conversation to continue. */
  readonly conversation?: string | undefined;
  /** For a mail that is sent again: its id. */
  readonly messageId?: string;
}

/** A user's mailbox, which writes to a platform and receives its replies. */
export class Mailbox {
  readonly address: string;
  readonly #transport: ReturnType<typeof createTransport>;
  readonly #platform: MailAddress;
  readonly #measure: Measure;
  readonly #inbox: Reply[] = [];
  readonly #transcript: string[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(address: string, platform: MailAddress, measure: Measure = () => undefined) {
    this.address = address;
    this.#platform = platform;
    this.#measure = measure;
    const { host, port, auth } = platform;
    this.#transport = createTransport({
      host,
      port,
      ...(auth === undefined ? {} : { auth: { ...auth } }),
      ignoreTLS: true,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 10_000,
    });
  }

  /** All received mails, in order. */
  get inbox(): readonly Reply[] {
    return this.#inbox;
  }

  /** All mails sent and received. */
  get transcript(): string {
    return this.#transcript.join('\n\n');
  }

  /** Sends a mail; resolves when it is accepted. @throws Error with the platform's answer and its `responseCode`. */
  async send(
    text: string,
    { subject = text.split('\n', 1)[0]!.slice(0, 60), conversation, messageId }: SendOptions = {},
  ): Promise<SentMail> {
    return this.deliver({
      ...(messageId === undefined ? {} : { messageId }),
      subject,
      text: conversation === undefined ? text : `${text}\n\n${conversationLine(conversation)}`,
    });
  }

  /** Sends a prepared mail. */
  async deliver({
    messageId = newMessageId(),
    ...mail
  }: {
    readonly messageId?: string;
    readonly subject: string;
    readonly text: string;
    readonly inReplyTo?: string;
    readonly references?: readonly string[];
  }): Promise<SentMail> {
    this.#note('>', messageId, mail.subject, mail.text);
    const sentAt = performance.now();
    const { references = [], ...rest } = mail;
    try {
      await this.#transport.sendMail({
        ...rest,
        messageId,
        from: this.address,
        to: this.#platform.address,
        references: [...references],
      });
    } catch (error) {
      this.#transcript.push(`! ${(error as Error).message}`);
      throw error;
    }
    this.#noteRequest();
    return new SentMail(this, messageId, mail.subject, sentAt);
  }

  /** Called by the mail server for each mail to this address. */
  receive(email: Email): void {
    this.#noteRequest();
    const reply = new Reply(this, email);
    this.#note('<', `${reply.messageId} in reply to ${reply.inReplyTo ?? 'nothing'}`, reply.subject, reply.text);
    this.#inbox.push(reply);
    for (const watch of this.#watchers) watch();
  }

  /**
   * The first reply to this mail, already received or still to come.
   * @throws Error when it has not come within `timeout` milliseconds, with the mails that came instead.
   */
  async replyTo({ messageId, subject, sentAt }: SentMail, timeout: number): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        settle();
      };
      const watch = (): void => {
        const found = this.#inbox.find(({ inReplyTo }) => inReplyTo === messageId);
        if (found !== undefined) finish(() => resolve(found));
      };
      const timer = setTimeout(
        () =>
          finish(() => {
            const others = this.#inbox.map((other) => `"${other.subject}" in reply to ${other.inReplyTo ?? 'nothing'}`);
            reject(
              new Error(
                `Waited ${timeout / 1000} s in vain for a reply to "${subject}" ${messageId}; what came to ${this.address}: ${others.join(', ') || 'nothing'}.`,
              ),
            );
          }),
        timeout,
      );
      this.#watchers.add(watch);
      watch();
    });
    this.#measure('mail.reply', reply.arrivedAt - sentAt, 'ms');
    return reply;
  }

  /** Counts a mail in either direction as a request, since a mail provider bills the platform for each. */
  #noteRequest(): void {
    this.#measure('cloud.requests', 1, 'count', { service: 'ses' });
  }

  #note(direction: '<' | '>', id: string, subject: string, text: string): void {
    this.#transcript.push(`${new Date().toISOString()} ${direction} ${id}\nSubject: ${subject}\n\n${text}`);
  }
}

export function newMessageId(): string {
  return `<${randomUUID()}@example.com>`;
}

/** A mail that the platform has accepted. */
export class SentMail {
  readonly messageId: string;
  readonly subject: string;
  /** In milliseconds of `performance.now()`. */
  readonly sentAt: number;
  readonly #mailbox: Mailbox;

  constructor(mailbox: Mailbox, messageId: string, subject: string, sentAt: number) {
    this.#mailbox = mailbox;
    this.messageId = messageId;
    this.subject = subject;
    this.sentAt = sentAt;
  }

  /**
   * Waits for the reply to exactly this mail.
   * @throws Error when it has not come within `timeout` milliseconds, with the mails that came instead.
   */
  async reply({ timeout = 15_000 }: { readonly timeout?: number } = {}): Promise<Reply> {
    return this.#mailbox.replyTo(this, timeout);
  }
}

/** A mail from the platform. */
export class Reply {
  readonly messageId: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  /** In milliseconds of `performance.now()`. */
  readonly arrivedAt = performance.now();
  readonly #mailbox: Mailbox;

  constructor(mailbox: Mailbox, { messageId = '', inReplyTo, references = '', from, subject = '', text = '' }: Email) {
    this.#mailbox = mailbox;
    this.messageId = messageId;
    this.inReplyTo = inReplyTo;
    this.references = references.split(/\s+/).filter((id) => id !== '');
    this.from = from?.address ?? '';
    this.subject = subject;
    this.text = text.trim();
  }

  /** @throws Error when the reply names no preview. */
  get previewUrl(): string {
    const line = this.text.split(/\r?\n/).find((one) => one.startsWith(previewLabel));
    if (line === undefined) throw new Error(`The reply names no preview:\n${this.text}`);
    return line.slice(previewLabel.length);
  }

  get conversationId(): string | undefined {
    return conversationOf(this.text);
  }

  get isDone(): boolean {
    return this.#says('done');
  }

  /** Whether a later message replaced the instruction before it was finished. */
  get isInterrupted(): boolean {
    return this.#says('interrupted');
  }

  get isRefusal(): boolean {
    return this.#says('refused');
  }

  get isFailure(): boolean {
    return this.#says('failed');
  }

  /** Answers as mail programs do: in the same conversation, with the reply quoted below. */
  async answer(text: string): Promise<SentMail> {
    return this.#mailbox.deliver({
      subject: /^re:/i.test(this.subject) ? this.subject : `Re: ${this.subject}`,
      text: `${text}\n\nOn ${new Date().toUTCString()}, ${this.from} wrote:\n${quoted(this.text)}\n`,
      inReplyTo: this.messageId,
      references: [...this.references, this.messageId],
    });
  }

  #says(outcome: Outcome['kind']): boolean {
    return this.text.startsWith(openings[outcome]);
  }
}
