import { billedQueue } from '../store/billed-queue.ts';
import { type Queue, queue } from '../store/queue.ts';
import { type Users, users } from '../store/users.ts';
import { type Submission, submission } from './credentials.ts';
import { mailFormats } from './formats.ts';
import type { ReadingParts } from './message.ts';
import { ownText } from './own-text.ts';

/** The parts of the mail receiver. */
export interface MailParts extends ReadingParts {
  readonly users: Users;
  readonly queue: Queue;
  /** Decides which clients may hand in mail. */
  readonly submission: Submission;
}

export const mailParts: MailParts = {
  users,
  queue: billedQueue(queue),
  submission,
  mailFormats,
  ownText,
};
