import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { messageOf } from '../../../lib/environment.ts';
import type { SmtpCredentials } from './credentials.ts';
import { type Envelope, type InboundMail, MailRefused, readMail } from './message.ts';

const host = '127.0.0.1';
const mostBytes = 2 * 1024 * 1024;
/** Milliseconds for conversations that are under way when it closes. */
const farewell = 100;

export interface MailReceiverParts {
  /** Whether mail for this address is ours to take. */
  accepts(address: string): boolean | Promise<boolean>;
  /** Whether somebody who says this of themselves may hand in mail. */
  isAllowed(given: Partial<SmtpCredentials>): boolean;
  /** Takes a mail for good. @throws MailRefused when it is one that never will be. */
  deliver(mail: InboundMail): Promise<void>;
}

/**
 * Takes mail by SMTP (RFC 5321). The sender hears 250 only when `deliver` has taken the mail, so one that was accepted
 * is never lost. Who does not hear it sends again: the same `messageId` may come twice.
 *
 * Refused with 530 or 535: who does not say, or not rightly, what it has to know; 550: an address that is not ours;
 * 552: more than 2 MB; 554: nothing is said in it; and with 451, to be tried again later, what `deliver` fails for.
 */
export class MailReceiver implements AsyncDisposable {
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer) {
    this.#server = server;
  }

  /**
   * Listens on this machine alone, on a free port unless one is given, and ends a conversation
   * after so many milliseconds of silence. @throws Error when that is taken.
   */
  static async open(
    { accepts, deliver, isAllowed }: MailReceiverParts,
    port = 0,
    silence = 30_000,
  ): Promise<MailReceiver> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authMethods: ['PLAIN', 'LOGIN'],
      allowInsecureAuth: true, // on this machine alone
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
            deliver,
          ),
          answer,
        );
      },
    });
    server.on('error', () => undefined); // of one connection, which ends with it, or of `listen`, which is told below
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
  if (!(await accepts(address))) throw new MailRefused(550, `Nobody here has the address ${address}`);
}

async function receive(
  stream: SMTPServerDataStream,
  envelope: Envelope,
  deliver: MailReceiverParts['deliver'],
): Promise<void> {
  const raw = await readAll(stream);
  if (stream.sizeExceeded) return; // the server answers with 552 by itself
  await deliver(await readMail(raw, envelope));
}

/** All of a message, or as much as fits. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** After an error that is not the sender's fault, it is to try again. */
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
