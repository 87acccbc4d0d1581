import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { newCredentials, submission } from '../platform/sessions/mail/index.ts';
import type { Measure } from './experiments.ts';
import { type MailAddress, Mailbox } from './mailbox.ts';

/** A mail server with mailboxes for tests. The platform sends its replies to `host` and `port`, with `auth`. */
export class MailServer implements AsyncDisposable {
  readonly host = '127.0.0.1';
  /** The credentials for sending mail to this server. */
  readonly auth = newCredentials('platform');
  readonly #server: SMTPServer;
  readonly #mailboxes: Map<string, Mailbox>;

  private constructor(server: SMTPServer, mailboxes: Map<string, Mailbox>) {
    this.#server = server;
    this.#mailboxes = mailboxes;
  }

  /** Listens on a free port of this machine. */
  static async open(): Promise<MailServer> {
    const mailboxes = new Map<string, Mailbox>();
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authMethods: ['PLAIN', 'LOGIN'],
      allowInsecureAuth: true, // mail never leaves this machine
      socketTimeout: 30_000,
      onAuth: ({ username, password }, _session, answer) => {
        if (submission.isAllowed({ user: username ?? '', pass: password ?? '' }, office.auth))
          answer(null, { user: username ?? '' });
        else answer(new Error('The user or the password is wrong'));
      },
      disableReverseLookup: true,
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, answer) =>
        answer(mailboxes.has(address) ? null : new Error(`No mailbox has the address ${address}`)),
      onData: (stream, { envelope: { rcptTo } }, answer) => {
        const receive = async (): Promise<void> => {
          const email = await PostalMime.parse(await buffer(stream));
          for (const { address } of rcptTo) mailboxes.get(address)?.receive(email);
        };
        receive().then(() => answer(), answer);
      },
    });
    const office: MailServer = new MailServer(server, mailboxes);
    server.on('error', () => undefined); // the connection ends with its error
    await once(server.listen(0, office.host), 'listening');
    return office;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Creates a mailbox with a unique address, whose owner writes to this platform. */
  mailbox(platform: MailAddress, name = 'user', measure?: Measure): Mailbox {
    const mailbox = new Mailbox(`${name}-${randomUUID()}@example.com`, platform, measure);
    this.#mailboxes.set(mailbox.address, mailbox);
    return mailbox;
  }

  /** Removes a mailbox: mail to it is refused with 550. */
  remove({ address }: Mailbox): void {
    this.#mailboxes.delete(address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }
}
