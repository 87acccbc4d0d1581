import { createTransport } from 'nodemailer';
import type { SmtpAddress } from './credentials.ts';
import type { OutboundMail } from './reply.ts';

/** Milliseconds without an answer from the server. */
const patience = 10_000;

/** Sends mail. */
export interface MailSender {
  /** Resolves when a server has accepted the mail. @throws Error with the server's answer and its `responseCode`. */
  send(mail: OutboundMail): Promise<void>;
}

/** Sends replies to one SMTP server, over persistent connections. */
export class SmtpSender implements MailSender, Disposable {
  readonly #transport: ReturnType<typeof openTransport>;

  constructor(relay: SmtpAddress) {
    this.#transport = openTransport(relay);
  }

  async send({ from, to, references, ...mail }: OutboundMail): Promise<void> {
    await this.#transport.sendMail({
      ...mail,
      // As objects, because a string could be parsed as a list of addresses.
      from: { name: '', address: from },
      to: { name: '', address: to },
      references: [...references],
      headers: { 'Auto-Submitted': 'auto-replied' }, // prevents automatic answers (RFC 3834)
    });
  }

  /** Closes the connections after the mail that is being sent. */
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
