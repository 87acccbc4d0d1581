import { type CloudClock, realClock } from './clock.ts';
import { type SessionTokens, sessionTokens } from './exec/tokens.ts';
import { type Scheduler, scheduler } from './services/plan.ts';
import { type Images, type Registry, registryOf } from './tasks/images.ts';
import type { TaskRunner } from './tasks/runner.ts';
import { type Signatures, signatures } from './wire/signature.ts';

/**
 * The ports that a control plane is composed of. Each keeps a promise; a fault decorates one of them so that it breaks
 * it.
 */
export interface CloudParts {
  readonly clock: CloudClock;
  /** Where images come from. */
  readonly registry: Registry;
  /** Runs containers. */
  readonly taskRunner: TaskRunner;
  /** Tells signed requests from others. */
  readonly signatures: Signatures;
  /** Tells the token of a session from others. */
  readonly sessionTokens: SessionTokens;
  /** What a service needs next: which tasks to start, and which to stop. */
  readonly scheduler: Scheduler;
}

export function cloudParts(images: Images, taskRunner: TaskRunner, clock: CloudClock = realClock): CloudParts {
  return { clock, registry: registryOf(images), taskRunner, signatures, sessionTokens, scheduler };
}
