import { billedQueue } from '../store/billed-queue.ts';
import { type Queue, queue } from '../store/queue.ts';
import { type Users, users } from '../store/users.ts';
import { type Submission, submission } from './credentials.ts';

/** The parts of the mail receiver. */
export interface MailParts {
  readonly users: Users;
  readonly queue: Queue;
  /** Decides which clients may hand in mail. */
  readonly submission: Submission;
}

export const mailParts: MailParts = { users, queue: billedQueue(queue), submission };
