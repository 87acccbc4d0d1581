import { defaultRequestTimes, type RequestTimes } from '../lib/http-limits.ts';
import type { Owner } from './arn.ts';
import type { CloudParts } from './parts.ts';
import type { CloudState, Service, Task } from './state.ts';
import type { TaskLife } from './tasks/life.ts';
import type { Sessions } from './exec/exec-sessions.ts';

/** How long things take. Milliseconds. */
export interface Times {
  /** In each state of a task on its way. */
  readonly step: number;
  /** For a stopped task to be forgotten. */
  readonly memory: number;
  /** For a client to say what it wants. */
  readonly request: RequestTimes;
  /** For the client of a session to come, and for one that has come to show its token. */
  readonly session: { readonly open: number; readonly token: number };
  /** Before the second try, when a service's task does not start; it doubles with each try, up to the most. */
  readonly throttle: { readonly first: number; readonly most: number };
}

export const defaultTimes: Times = {
  step: 5,
  memory: 3_600_000,
  request: defaultRequestTimes,
  session: { open: 60_000, token: 10_000 },
  throttle: { first: 1_000, most: 27 * 60_000 },
};

/** What every operation works with. */
export interface CloudContext extends Owner {
  readonly parts: CloudParts;
  readonly state: CloudState;
  readonly times: Times;
  /** Where tasks and volumes have their folders. */
  readonly folder: string;
  readonly lives: Map<Task, TaskLife>;
  readonly sessions: Sessions;
  /** Something has happened to a task. */
  readonly changed: (task: Task) => void;
  /** A service has to be looked after. */
  readonly wake: (service: Service) => void;
}
