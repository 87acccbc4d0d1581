import type { ProcessConfiguration } from '../kernel/process.ts';
import { defaultRequestTimes, type RequestTimes } from '../../lib/http-limits.ts';
import type { SmtpAddress, SmtpCredentials } from './mail/index.ts';

/** What the processes of the session platform are told when they start. Goes through JSON. */
export interface SessionConfiguration extends ProcessConfiguration {
  /** Address of the PostgreSQL database that holds the sessions and the queue. */
  readonly postgres: string;
  /** Address of Hermes. */
  readonly hermes: string;
  /** Signs tokens (HS256). */
  readonly secret: string;
  /** What the keys of containers are made from, see `workspace/key.ts`. */
  readonly workspaceSecret: string;
  readonly cloud: {
    /** Of an ECS-compatible control plane; undefined: the real one, of the region in the environment. */
    readonly endpoint: string | undefined;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    readonly cluster: string;
    /** The service whose tasks are workspaces. */
    readonly service: string;
    /** The port that a workspace listens on inside its task. */
    readonly containerPort: number;
  };
  readonly mail: {
    /** Mail to `<client>@<domain>` is for this platform. */
    readonly domain: string;
    /** What whoever hands in mail has to know. */
    readonly submission: SmtpCredentials;
    /** The SMTP server that takes its replies. */
    readonly relay: SmtpAddress;
  };
  readonly limits: {
    /** Sessions at a time; one that ends is not counted, though its workspace may still be closing. */
    readonly sessions: number;
    /** Bytes of an instruction, in UTF-8. */
    readonly instruction: number;
    /** Attempts to carry out one instruction, after which it is put aside and its sender told. */
    readonly receives: number;
  };
  /** Milliseconds. */
  readonly times: {
    /** Between two looks of Hermes when nobody calls it. */
    readonly look: number;
    /** Without activity, after which a session ends. */
    readonly idle: number;
    /**
     * A message that was received and not finished is received again after this, unless its receiver says that it is at
     * work.
     */
    readonly visibility: number;
    /** Before what came to nothing is tried again for the first time; twice as long before each time after that. */
    readonly pause: number;
    /** For a session to become active. */
    readonly patience: number;
    /** For a statement to wait for somebody else's lock. */
    readonly lock: number;
    /** For a client to say what it wants. */
    readonly request: RequestTimes;
    /** For a WebSocket to be answered by what is behind the router. */
    readonly upgrade: number;
    /** Of silence, after which a conversation by SMTP ends. */
    readonly mail: number;
  };
}

export const defaultSessionLimits: SessionConfiguration['limits'] = { sessions: 3, instruction: 65_536, receives: 5 };

export const defaultSessionTimes: SessionConfiguration['times'] = {
  look: 100,
  idle: 300_000,
  visibility: 4_000,
  pause: 1_000,
  patience: 60_000,
  lock: 2_000,
  request: defaultRequestTimes,
  upgrade: 10_000,
  mail: 30_000,
};

/** Of one request, in bytes: whoever sends more is told so by the router, which reads it to its end. */
export const longestBody = 8 * 1024 * 1024;
