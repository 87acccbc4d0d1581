import { createTransport } from 'nodemailer';
import type { SmtpAddress } from './credentials.ts';
import type { OutboundMail } from './reply.ts';

/** Milliseconds without a word from the server. */
const patience = 10_000;

/** The way out for mail. */
export interface MailSender {
  /**
   * Returns when a server has taken the mail.
   * @throws Error with what the server said, and its `responseCode`.
   */
  send(mail: OutboundMail): Promise<void>;
}

/** Sends replies to one SMTP server, over connections that are kept. */
export class SmtpSender implements MailSender, Disposable {
  readonly #transport: ReturnType<typeof openTransport>;

  constructor(relay: SmtpAddress) {
    this.#transport = openTransport(relay);
  }

  async send({ from, to, references, ...mail }: OutboundMail): Promise<void> {
    await this.#transport.sendMail({
      ...mail,
      // As objects: a text could be read as a list of several.
      from: { name: '', address: from },
      to: { name: '', address: to },
      references: [...references],
      headers: { 'Auto-Submitted': 'auto-replied' }, // so that no other machine answers it (RFC 3834)
    });
  }

  /** Ends the connections; what is being sent is sent. */
  [Symbol.dispose](): void {
    this.#transport.close();
  }
}

function openTransport({ host, port, auth }: SmtpAddress) {
  return createTransport({
    pool: true,
    host,
    port,
    auth: { ...auth },
    ignoreTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
  });
}
