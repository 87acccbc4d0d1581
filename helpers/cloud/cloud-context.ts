import { defaultRequestTimes, type RequestTimes } from '../lib/http-limits.ts';
import type { Owner } from './arn.ts';
import type { CloudParts } from './parts.ts';
import type { CloudState, Service, Task } from './state.ts';
import type { Sessions, SessionTimes } from './exec/exec-sessions.ts';

/** Durations in milliseconds. */
export interface Times {
  /** In each transitional state of a task. */
  readonly step: number;
  /** Until a stopped task is forgotten. */
  readonly memory: number;
  /** For a client to send its request. */
  readonly request: RequestTimes;
  readonly session: SessionTimes;
  /** Until the second attempt after a service's task has failed to start; doubles with each attempt, up to `most`. */
  readonly throttle: { readonly first: number; readonly most: number };
}

export const defaultTimes: Times = {
  step: 5,
  memory: 3_600_000,
  request: defaultRequestTimes,
  session: { open: 60_000, token: 10_000 },
  throttle: { first: 1_000, most: 27 * 60_000 },
};

/** The life of a task, which goes on while operations are answered. */
export interface Life {
  /** The folder that its containers run in; removed when they have ended. */
  readonly folder: string;
  /** Resolves when the task is STOPPED. */
  readonly over: Promise<void>;
  /** Asks the task to end; only the first reason is kept. */
  stop(why: NonNullable<Task['stop']>): void;
  /** Ends its processes at once. */
  kill(): void;
}

/** What every operation works with. */
export interface CloudContext extends Owner {
  readonly parts: CloudParts;
  readonly state: CloudState;
  readonly times: Times;
  /** Its own address, a URL without a slash at the end. */
  readonly endpoint: () => string;
  /** The folder for tasks and volumes. */
  readonly folder: string;
  readonly lives: Map<Task, Life>;
  readonly sessions: Sessions;
  /** Called when a task has changed. */
  readonly changed: (task: Task) => void;
  /** Called when a service must be reconciled. */
  readonly wake: (service: Service) => void;
}
