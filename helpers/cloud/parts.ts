import { type CloudClock, realClock } from './clock.ts';
import { type SessionTokens, sessionTokens } from './exec/tokens.ts';
import { type Scheduler, scheduler } from './services/plan.ts';
import { type Images, type Registry, registryOf } from './tasks/images.ts';
import type { TaskRunner } from './tasks/runner.ts';
import { type Signatures, signatures } from './wire/signature.ts';

/** The parts of a control plane. Each keeps a promise; a fault decorates one of them so that it breaks its promise. */
export interface CloudParts {
  readonly clock: CloudClock;
  /** Resolves images. */
  readonly registry: Registry;
  /** Runs containers. */
  readonly taskRunner: TaskRunner;
  /** Checks the signatures of requests. */
  readonly signatures: Signatures;
  /** Checks session tokens. */
  readonly sessionTokens: SessionTokens;
  /** Plans which tasks of a service to start and to stop. */
  readonly scheduler: Scheduler;
}

export function cloudParts(images: Images, taskRunner: TaskRunner, clock: CloudClock = realClock): CloudParts {
  return { clock, registry: registryOf(images), taskRunner, signatures, sessionTokens, scheduler };
}
