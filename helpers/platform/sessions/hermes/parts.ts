import { randomBytes, randomUUID } from 'node:crypto';
import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/realms.ts';
import type { SessionConfiguration } from '../configuration.ts';
import { type MailSender, SmtpSender } from '../mail/index.ts';
import { billedQueue } from '../store/billed-queue.ts';
import { type Queue, queue } from '../store/queue.ts';
import { type SessionStore, sessionStore } from '../store/session-store.ts';
import { type Users, users } from '../store/users.ts';
import { type Access, access } from '../access.ts';
import { type Containers, containers } from './containers.ts';
import { type Steps, steps } from './steps.ts';
import { type Workspaces, workspaces } from './workspaces.ts';

export interface HermesParts {
  /** Generates ids and keys. */
  readonly ids: { session(): string; thread(): string; key(): string };
  readonly tokens: (secret: string) => TokenVerifier;
  /** Decides what users may do with sessions. */
  readonly access: Access;
  readonly sessionStore: SessionStore;
  readonly users: Users;
  readonly queue: Queue;
  /** The steps of each pass over the sessions. */
  readonly steps: Steps;
  readonly workspaces: (cloud: SessionConfiguration['cloud']) => Workspaces;
  readonly containers: Containers;
  readonly mailSender: (relay: SessionConfiguration['mail']['relay']) => MailSender;
}

const ids: HermesParts['ids'] = {
  session: randomUUID,
  thread: () => `thread-${randomBytes(4).toString('hex')}`,
  key: () => randomBytes(24).toString('base64url'),
};

export const hermesParts: HermesParts = {
  ids,
  tokens: tokenVerifier(realms.sessions),
  access,
  sessionStore,
  users,
  queue: billedQueue(queue),
  steps,
  workspaces,
  containers,
  mailSender: (relay) => new SmtpSender(relay),
};
