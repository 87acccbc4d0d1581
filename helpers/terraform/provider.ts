import type { Readable } from 'node:stream';
import type { Identity } from './certificates.ts';
import type { ProviderSchema } from './schema.ts';
import type { State, Values } from './values/value.ts';

/** How a provider's process is started. */
export interface ProviderProgram {
  /** For messages, such as `hashicorp/random` or the path of a binary. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface LaunchOptions {
  readonly program: ProviderProgram;
  readonly workingDirectory: string;
  /** The folder of its socket: exists, belongs to this instance alone, short enough for a socket's address. */
  readonly sockets: string;
  /** Its whole environment, the handshake's variables aside. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds until it has to have shaken hands. */
  readonly patience: number;
  /** Milliseconds until an RPC has to be answered; default two minutes. */
  readonly deadline?: number;
  /** Gets each line of its stderr and log. */
  readonly log: (line: string) => void;
  /** Records its process, so that it can be swept. Called before the handshake; if it throws the process is killed. */
  readonly record: (pid: number) => void;
  /** The versions of the protocol that it may choose from; default both. */
  readonly protocols?: readonly (5 | 6)[];
  /** Default true. Without it, every process that reaches the socket can command the provider: only to prove that. */
  readonly mutualTls?: boolean;
  /** Our key and certificate; default new ones, for this launch alone. */
  readonly identity?: Identity;
  /** Reads its stderr, line by line; default to the end, as fast as it comes, since a full pipe stops the provider. */
  readonly readErrors?: (stderr: Readable, take: (line: string) => void) => void;
}

/** How a provider's process has ended: by an exit code or by a signal. */
export interface ProviderExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A provider's process that has shaken hands. Every method rejects with `ProviderError`. */
export interface Provider {
  readonly pid: number;
  readonly protocol: 5 | 6;
  /** The path of its socket. */
  readonly socket: string;
  /** Resolves when its process ends, however it does. */
  readonly exited: Promise<ProviderExit>;
  /** Asked for once. */
  schema(): Promise<ProviderSchema>;
  /** Validates the configuration and configures the provider with it. Missing attributes are null. */
  configure(config: Values): Promise<void>;
  /** Validates the configuration and plans the change to it. Changes nothing. */
  plan(wish: Wish): Promise<Planned>;
  /**
   * Applies a plan; of a replacement the deletion first, see {@link stepsOf}.
   * @throws ProviderError whose `partial` is the state that the provider has left, if it was able to say.
   */
  apply(planned: Planned): Promise<Applied>;
  /** The state as the provider finds it now; undefined when the resource is gone. */
  read(type: string, state: State): Promise<State | undefined>;
  /** Brings a stored state to the schema's version. */
  upgrade(type: string, state: State): Promise<State>;
  /** The states of an existing resource; usually one, not yet read. */
  import(type: string, id: string): Promise<Imported[]>;
  /** Asks it to interrupt what is under way. It remains usable. */
  stop(): Promise<void>;
  /** Asks it to end, kills it after `patience` milliseconds (default two seconds), and removes its socket. */
  close(patience?: number): Promise<ProviderExit>;
}

/** What is wanted of a resource. */
export interface Wish {
  readonly type: string;
  /** Undefined to delete it. */
  readonly config: Values | undefined;
  /** Undefined when there is no such resource yet. */
  readonly prior: State | undefined;
}

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'none';

/** A plan for one resource. JSON, so that it can be stored and applied by another process of the same provider. */
export interface Planned {
  readonly type: string;
  readonly action: Action;
  readonly before: Values | undefined;
  /** With values that are known only after it was applied: `unknown` in memory, `(known after apply)` as JSON. */
  readonly after: Values | undefined;
  /** The attributes that force a replacement, such as `keepers.color`. */
  readonly requiresReplace: readonly string[];
  /** The deletion that precedes a replacement. */
  readonly removal?: Planned;
  readonly warnings: readonly Diagnostic[];
  /** What the provider gets, exactly: MessagePack in base64. */
  readonly payload: PlanPayload;
}

export interface PlanPayload {
  readonly config: string;
  readonly prior: string;
  readonly planned: string;
  /** Opaque bytes of the provider, in base64. */
  readonly private: string;
}

export interface Applied {
  /** Undefined when the resource is gone. */
  readonly state: State | undefined;
  readonly warnings: readonly Diagnostic[];
}

export interface Imported {
  readonly type: string;
  readonly state: State;
}

/** What a provider has to say about a request. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** The attribute it is about, such as `keepers.color`; undefined when it is about the whole. */
  readonly attribute: string | undefined;
}

/** The steps of a plan, each to be applied by itself: a replacement is a deletion and a creation. */
export function stepsOf(planned: Planned): Planned[] {
  const { removal, ...creation } = planned;
  return removal === undefined ? [planned] : [removal, { ...creation, action: 'create', before: undefined }];
}
