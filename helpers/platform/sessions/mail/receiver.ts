import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { messageOf } from '../../../lib/environment.ts';
import type { SmtpCredentials } from './credentials.ts';
import { type Envelope, type InboundMail, MailRefused, readMail, type ReadingParts } from './message.ts';

const host = '127.0.0.1';
const mostBytes = 2 * 1024 * 1024;
/** Milliseconds for open connections when it closes. */
const farewell = 100;

export interface MailReceiverParts extends ReadingParts {
  /** Whether the platform receives mail for this address. */
  accepts(address: string): boolean | Promise<boolean>;
  /** Whether a client with these credentials may hand in mail. */
  isAllowed(given: Partial<SmtpCredentials>): boolean;
  /** Stores a mail. @throws MailRefused when it can never be accepted. */
  deliver(mail: InboundMail): Promise<void>;
}

/**
 * Receives mail by SMTP (RFC 5321). The sender gets 250 only after `deliver` has stored the mail, so an accepted mail
 * is never lost. A sender that misses the answer sends again, so the same `messageId` may come twice.
 *
 * Refused are: missing or wrong credentials with 530 or 535; foreign addresses with 550; more than 2 MB with 552; mail
 * without text with 554; and failures of `deliver` with 451, to be sent again later.
 */
export class MailReceiver implements AsyncDisposable {
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer) {
    this.#server = server;
  }

  /**
   * Listens on this machine only, on a free port unless one is given, and closes a connection after this many
   * milliseconds of silence.
   * @throws Error when the port is taken.
   */
  static async open(
    { accepts, deliver, isAllowed, ...reading }: MailReceiverParts,
    port = 0,
    silence = 30_000,
  ): Promise<MailReceiver> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authMethods: ['PLAIN', 'LOGIN'],
      allowInsecureAuth: true, // mail never leaves this machine
      socketTimeout: silence,
      onAuth: ({ username, password }, _session, answer) => {
        if (isAllowed({ user: username ?? '', pass: password ?? '' })) answer(null, { user: username ?? '' });
        else answer(new MailRefused(535, 'The user or the password is wrong'));
      },
      disableReverseLookup: true,
      size: mostBytes,
      rejectOversized: true,
      closeTimeout: farewell,
      onRcptTo: ({ address }, _session, answer) => {
        settle(checkRecipient(address, accepts), answer);
      },
      onData: (stream, { envelope: { mailFrom, rcptTo } }, answer) => {
        settle(
          receive(
            stream,
            { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address) },
            { deliver, ...reading },
          ),
          answer,
        );
      },
    });
    server.on('error', () => undefined); // ends its connection; `listen` rejects below
    await once(server.listen(port, host), 'listening');
    return new MailReceiver(server);
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }
}

async function checkRecipient(address: string, accepts: MailReceiverParts['accepts']): Promise<void> {
  if (!(await accepts(address))) throw new MailRefused(550, `No mailbox here has the address ${address}`);
}

async function receive(
  stream: SMTPServerDataStream,
  envelope: Envelope,
  { deliver, ...reading }: ReadingParts & Pick<MailReceiverParts, 'deliver'>,
): Promise<void> {
  const raw = await readAll(stream);
  if (stream.sizeExceeded) return; // the server itself answers with 552
  await deliver(await readMail(raw, envelope, reading));
}

/** All of a message, up to the size limit. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Other errors are not the sender's fault: the sender should try again. */
function settle(work: Promise<void>, answer: (error?: Error) => void): void {
  work.then(
    () => answer(),
    (error: unknown) =>
      answer(
        error instanceof MailRefused
          ? error
          : new MailRefused(451, `The message cannot be taken now, try again later: ${messageOf(error)}`),
      ),
  );
}
