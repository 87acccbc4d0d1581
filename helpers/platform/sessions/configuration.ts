import type { LocalCloud } from '../../cloud/index.ts';
import type { ProcessConfiguration } from '../kernel/process.ts';
import { defaultRequestTimes, type RequestTimes } from '../../lib/http-limits.ts';
import type { SmtpAddress, SmtpCredentials } from './mail/index.ts';

/** The configuration of the session platform's processes. Serializable as JSON. */
export interface SessionConfiguration extends ProcessConfiguration {
  /** URL of the PostgreSQL database for sessions and queue. */
  readonly postgres: string;
  /** URL of Hermes. */
  readonly hermes: string;
  /** The key that signs tokens (HS256). */
  readonly secret: string;
  /** The secret from which containers' keys are derived, see `workspace/key.ts`. */
  readonly workspaceSecret: string;
  readonly cloud: {
    /** An ECS-compatible control plane; undefined for the real one, in the environment's region. */
    readonly endpoint: string | undefined;
    readonly region: string;
    readonly credentials: LocalCloud['credentials'] | undefined;
    readonly cluster: string;
    /** The service whose tasks are workspaces. */
    readonly service: string;
    /** The port that a workspace listens on inside its task. */
    readonly containerPort: number;
  };
  readonly mail: {
    /** The platform receives mail to `<client>@<domain>`. */
    readonly domain: string;
    /** The credentials for handing in mail. */
    readonly submission: SmtpCredentials;
    /** The SMTP server for replies. */
    readonly relay: SmtpAddress;
  };
  readonly limits: {
    /** Concurrent sessions; an ending one is not counted, although its workspace may still be closing. */
    readonly sessions: number;
    /** Bytes of an instruction, in UTF-8. */
    readonly instruction: number;
    /** Attempts at one instruction, after which it is dead-lettered and its sender gets the reason. */
    readonly receives: number;
  };
  /** Milliseconds. */
  readonly times: {
    /** Between two passes of Hermes while a session waits for its workspace or leaves it, unless it is woken. */
    readonly look: number;
    /** Between two passes of Hermes otherwise, unless it is woken. */
    readonly rest: number;
    /** Between two looks of Hermes at the cloud's tasks, while nothing is under way. */
    readonly tasks: number;
    /** After which the task of a session in use is protected from scaling in anew: less than the two days it lasts. */
    readonly protection: number;
    /** Without activity, after which a session ends. */
    readonly idle: number;
    /** After which an unfinished message is received again, unless its receiver reports that it is still working. */
    readonly visibility: number;
    /** Before the first retry; doubled before each further one. */
    readonly pause: number;
    /** For a session to become active. */
    readonly patience: number;
    /** For a statement to wait for a lock. */
    readonly lock: number;
    /** For a client to send its request. */
    readonly request: RequestTimes;
    /** For the process behind the router to send the next part of its answer. */
    readonly answer: number;
    /** For a WebSocket's upgrade to be answered by the process behind the router. */
    readonly upgrade: number;
    /** Of silence, after which an SMTP connection is closed. */
    readonly mail: number;
  };
}

export const defaultSessionLimits: SessionConfiguration['limits'] = { sessions: 3, instruction: 65_536, receives: 5 };

export const defaultSessionTimes: SessionConfiguration['times'] = {
  look: 150,
  rest: 250,
  tasks: 500,
  protection: 86_400_000,
  idle: 300_000,
  visibility: 4_000,
  pause: 1_000,
  patience: 60_000,
  lock: 2_000,
  request: defaultRequestTimes,
  answer: 120_000,
  upgrade: 10_000,
  mail: 30_000,
};

/** The most bytes of one request. The router reads a longer one to its end, so that the client receives the refusal. */
export const longestBody = 8 * 1024 * 1024;
