import { billedQueue } from '../store/billed-queue.ts';
import { type Queue, queue } from '../store/queue.ts';
import { type Users, users } from '../store/users.ts';

/** The ports that the way in for mail is composed of. */
export interface MailParts {
  readonly users: Users;
  readonly queue: Queue;
}

export const mailParts: MailParts = { users, queue: billedQueue(queue) };
