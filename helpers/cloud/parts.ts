import { type Identifiers, identifiers } from './arn.ts';
import { type Capacity, capacity } from './capacity.ts';
import { type CloudClock, realClock } from './clock.ts';
import { type SessionTokens, sessionTokens } from './exec/tokens.ts';
import { type Metadata, metadata } from './metadata.ts';
import { type Provision, provision } from './operations/provision.ts';
import { type Paging, paging } from './paging.ts';
import { type Scheduler, scheduler } from './services/plan.ts';
import { type Sizes, sizes } from './sizes.ts';
import { type StartConditions, startConditions } from './tasks/dependencies.ts';
import { type Endings, endings } from './tasks/endings.ts';
import { type HealthChecks, healthChecks } from './tasks/health.ts';
import { type Images, type Registry, registryOf } from './tasks/images.ts';
import type { TaskRunner } from './tasks/runner.ts';
import { type Bodies, bodies } from './wire/json.ts';
import { type Signatures, signatures } from './wire/signature.ts';

/** Answers requests of one name; its types are in `operations/operation.ts`. */
export type AnyOperation = (input: never, context: never) => unknown;

/** The parts of a control plane. Each keeps a promise; a fault decorates one of them so that it breaks its promise. */
export interface CloudParts {
  readonly clock: CloudClock;
  /** Resolves images. */
  readonly registry: Registry;
  /** Runs containers. */
  readonly taskRunner: TaskRunner;
  /** Checks the signatures of requests. */
  readonly signatures: Signatures;
  /** Reads the bodies of requests. */
  readonly bodies: Bodies;
  /** Refuses what is not provided. */
  readonly provision: Provision;
  /** Answers requests, by the names of the SDK's methods. */
  readonly operations: Readonly<Record<string, AnyOperation>>;
  /** Reads names and ARNs. */
  readonly identifiers: Identifiers;
  /** Cuts lists into pages. */
  readonly paging: Paging;
  /** Reads and checks sizes of tasks and containers. */
  readonly sizes: Sizes;
  /** Chooses where tasks run. */
  readonly capacity: Capacity;
  /** Knows when a container may start. */
  readonly startConditions: StartConditions;
  readonly healthChecks: HealthChecks;
  /** Tells containers about themselves. */
  readonly metadata: Metadata;
  /** Ends tasks. */
  readonly endings: Endings;
  /** Checks session tokens. */
  readonly sessionTokens: SessionTokens;
  /** Plans which tasks of a service to start and to stop. */
  readonly scheduler: Scheduler;
}

/** What differs between control planes. */
interface Given extends Pick<CloudParts, 'operations' | 'taskRunner'> {
  readonly images: Images;
  readonly clock: CloudClock | undefined;
}

export function cloudParts({ images, clock = realClock, ...given }: Given): CloudParts {
  return {
    ...given,
    clock,
    registry: registryOf(images),
    signatures,
    bodies,
    provision,
    identifiers,
    paging,
    sizes,
    capacity,
    startConditions,
    healthChecks,
    metadata,
    endings,
    sessionTokens,
    scheduler,
  };
}
