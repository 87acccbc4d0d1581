import { randomUUID } from 'node:crypto';
import type { User } from '../../platform/sessions/store/users.ts';
import { faultsOf } from '../fault.ts';
import { rewriting } from '../rewriting.ts';

const fault = faultsOf('sessions');

// Promises to senders of mail: accepted mail is carried out once, and only for its sender.

export const failedEmailsAreSwallowed = fault(
  'queue',
  'an accepted email is carried out even if its receiver crashes',
  (queue) => ({
    async receive(db, visibility, atWork) {
      const received = await queue.receive(db, visibility, atWork);
      for (const { id } of received) await queue.finish(db, id);
      return received;
    },
  }),
  "mail.spec.ts › incoming mail › an email interrupted by Hermes' crash is received again and carried out",
);

export const mailIsTakenFromAnybody = fault(
  'submission',
  'mail without valid credentials is refused',
  () => ({ isAllowed: () => true }),
  'doors.spec.ts › the platform refuses mail without valid credentials, whatever its sender',
);

export const receivedEmailsAreNeverSeenAgain = fault(
  'queue',
  'an unfinished email is received again',
  (queue) => ({
    receive: (db, _visibility, atWork) => queue.receive(db, 3_600_000, atWork),
    extend: (db, ids) => queue.extend(db, ids, 3_600_000),
  }),
  "mail.spec.ts › incoming mail › an email interrupted by Hermes' crash is received again and carried out",
);

export const sameMailIsCarriedOutTwice = fault(
  'queue',
  'the same mail is carried out once',
  (queue) => ({ send: (db, _id, body) => queue.send(db, randomUUID(), body) }),
  'mail.spec.ts › incoming mail › a duplicate mail is carried out once and answered with the same reply',
);

export const cleanUpTakesEverybodysMail = fault(
  'sessionStore',
  "an ending session leaves other sessions' mail in the queue",
  (store) => ({
    async expire(db, id, reason) {
      await store.expire(db, id, reason);
      await db.query(
        `DELETE FROM messages WHERE body ->> 'clientId'
           LIKE (SELECT split_part(client_id, '-', 1) FROM sessions WHERE id = $1) || '%'`,
        [id],
      );
    },
  }),
  "mail.spec.ts › incoming mail › the end of a session leaves other sessions' mail in the queue",
);

export const mailOfStrangersIsTaken = fault(
  'users',
  'mail from an unknown sender is refused',
  (users) => ({
    async find(db, email) {
      const { rows } = await db.query<User>(
        'SELECT client_id AS "clientId", user_id AS "userId" FROM users ORDER BY ctid DESC LIMIT 1',
      );
      return (await users.find(db, email)) ?? rows[0];
    },
  }),
  'mail.spec.ts › incoming mail › mail from an unknown sender is refused',
);

export const addressesCanBeTakenOver = fault(
  'users',
  'an address belongs to one client',
  (users) => ({
    async put(db, email, user) {
      await db.query('DELETE FROM users WHERE email = lower($1)', [email]);
      return users.put(db, email, user);
    },
  }),
  'mail.spec.ts › incoming mail › an address cannot move to another client',
);

const anyCase = 'helpers/platform/sessions/store/users.test.ts › an address is the same in upper and in lower case';

export const addressesAreKeptAsWritten = fault(
  'users',
  'the address of a user is known in upper and in lower case',
  ({ put }) => ({ put: (db, ...asked) => put(rewriting(db, 'lower($1)', '$1'), ...asked) }),
  anyCase,
);

export const addressesAreFoundAsWritten = fault(
  'users',
  'mail from an address in upper case is from its user',
  ({ find }) => ({ find: (db, email) => find(rewriting(db, 'lower($1)', '$1'), email) }),
  anyCase,
);

export const repliesAreInNoConversation = fault(
  'mailSender',
  'a reply names the mail that it answers',
  (sender) => (relay) => {
    const original = sender(relay);
    return { send: (mail) => original.send({ ...mail, inReplyTo: mail.messageId, references: [] }) };
  },
  'cold-start.spec.ts › a second email interrupts the first, and both are carried out',
);

export const resentRepliesHaveOtherIds = fault(
  'mailSender',
  'a reply that is sent again has the same Message-ID',
  (sender) => (relay) => {
    const original = sender(relay);
    return { send: (mail) => original.send({ ...mail, messageId: `<${randomUUID()}@example.com>` }) };
  },
  'helpers/platform/sessions/hermes/instructions.test.ts › a reply whose acceptance is lost is sent again',
);

/** The self test of what a mail says. */
const ownText = 'helpers/platform/sessions/mail/own-text.test.ts';

export const outlookHeadsAreText = fault(
  'mailFormats',
  'the old mail below an Outlook reply is not part of the instruction',
  () => ({ isOldHead: () => false }),
  `${ownText} › a reply by Outlook, in text is what somebody wrote now`,
);

export const attributionsAreEnglish = fault(
  'mailFormats',
  'an attribution is not part of the instruction, whatever its language',
  ({ attribution }) => ({ attribution: (line) => (line.startsWith('On ') ? attribution(line) : undefined) }),
  `${ownText} › an attribution in German is not part of the text, however it is wrapped`,
);

export const wrappedAttributionsAreText = fault(
  'mailFormats',
  'an attribution over several lines is not part of the instruction',
  ({ attribution }) => ({ attribution: (line) => (line.length > 60 ? undefined : attribution(line)) }),
  `${ownText} › a reply by a program that wraps over four lines is what somebody wrote now`,
);

export const signaturesAreText = fault(
  'mailFormats',
  'a signature is not part of the instruction',
  () => ({ isSignature: () => false }),
  `${ownText} › a reply by an iPhone is what somebody wrote now`,
);

export const stylesAreText = fault(
  'mailFormats',
  "a mail's styles are not part of the instruction",
  ({ textOf }) => ({ textOf: (html) => textOf(html.replaceAll(/<\/?style[^>]*>/g, ' ')) }),
  `${ownText} › a mail with styles is read`,
);

export const answersBelowQuotesAreLost = fault(
  'ownText',
  'an answer below a quote is carried out',
  (original) => (text, formats) => original(text.split(/^>/m)[0]!, formats),
  `${ownText} › a reply by a program that answers below the quote is what somebody wrote now`,
);

export const ownMarkedLinesAreLost = fault(
  'ownText',
  'a line of an instruction that begins with > is part of it',
  (original) => (text, formats) => original(text.replaceAll(/^>.*\n?/gm, ''), formats),
  `${ownText} › a mail with a line of its own that begins with > is read`,
);
