import { createHash } from 'node:crypto';
import type { Queryable } from '../../kernel/store/database.ts';
import type { Context } from '../../kernel/process.ts';
import type { SessionConfiguration } from '../configuration.ts';
import { type InboundMail, MailRefused } from './message.ts';
import type { MailParts } from './parts.ts';
import type { MailReceiverParts } from './receiver.ts';

/** Turns a mail to `<client>@<domain>` into an instruction of its sender. */
export function deliveryOf(
  {
    configuration: {
      mail: { domain, submission: credentials },
    },
    parts: { users, queue, submission, ...reading },
  }: Context<MailParts, SessionConfiguration>,
  db: Queryable,
): MailReceiverParts {
  return {
    ...reading,

    isAllowed: (given) => submission.isAllowed(given, credentials),

    accepts: (address) => clientOf(address, domain) !== undefined,

    async deliver(mail) {
      const user = await users.find(db, mail.from);
      if (user === undefined) throw new MailRefused(550, `No user has the address ${mail.from}`);
      const to = mail.to.filter((address) => clientOf(address, domain) === user.clientId.toLowerCase());
      if (to.length === 0) throw new MailRefused(550, `${mail.from} may not write to ${mail.to.join(', ')}`);
      const { messageId, from, subject, references, text, conversationId } = mail;
      await queue.send(db, idOf(mail), {
        ...user,
        threadId: threadOf(conversationId),
        text,
        sessionId: undefined,
        mail: { messageId, from, to, subject, references },
      });
    },
  };
}

/** The same id when a mail comes again, and different for every other mail. */
function idOf({ messageId, from }: InboundMail): string {
  return createHash('sha256').update(`${from} ${messageId}`).digest('hex').slice(0, 32);
}

function clientOf(address: string, domain: string): string | undefined {
  const [client, at, ...rest] = address.toLowerCase().split(/(@)/);
  return at !== undefined && rest.join('') === domain && client !== '' ? client : undefined;
}

/** Each conversation is a thread; with an id that is no valid branch name, the session's own thread is used. */
function threadOf(conversation: string | undefined): string | undefined {
  return conversation !== undefined && /^thread-[a-z0-9-]{1,90}$/.test(conversation) ? conversation : undefined;
}
