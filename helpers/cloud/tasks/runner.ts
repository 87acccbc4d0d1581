import type { Program } from './images.ts';
import type { Mount } from './volumes.ts';

/** What a container may use at most; undefined for no limit. */
export interface Limits {
  /** Bytes. */
  readonly memory: number | undefined;
  /** vCPUs. */
  readonly cpu: number | undefined;
}

/** What is needed to run a container. */
export interface ContainerPlan {
  /** A unique name. */
  readonly name: string;
  /** The task's folder, which is the container's current directory. */
  readonly folder: string;
  readonly program: Program;
  readonly environment: Readonly<Record<string, string>>;
  /** Where this machine's programs find the container's metadata. */
  readonly metadata?: string;
  /** The longest path first. */
  readonly mounts: readonly Mount[];
  /** The ports to listen on, see {@link RunningContainer.bindings}. */
  readonly ports: readonly number[];
  /** What it may use at most; default no limit. */
  readonly limits?: Limits;
}

/** The address of a container's port on 127.0.0.1. */
export interface Binding {
  readonly containerPort: number;
  readonly hostPort: number;
}

/** A command that runs inside a container. */
export interface RunningCommand {
  readonly output: NodeJS.ReadableStream;
  readonly errors: NodeJS.ReadableStream;
  /** Its exit code, when it has ended and all its output was read. */
  readonly ended: Promise<number>;
  kill(): void;
}

/** The size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command that runs inside a container in a terminal of its own, so that its errors are part of its output. */
export interface TerminalCommand {
  readonly output: NodeJS.ReadableStream;
  /** Resolves when it has ended and all its output was read. */
  readonly ended: Promise<unknown>;
  /** Types. */
  write(input: Buffer): void;
  resize(size: TerminalSize): void;
  kill(): void;
}

/** A container that runs or has ended. */
export interface RunningContainer {
  /** The id of its first process on this machine; undefined when it ended too early. */
  readonly pid: number | undefined;
  readonly bindings: readonly Binding[];
  /** The last lines of its output. */
  readonly log: string;
  /** Its exit code; 128 plus the signal's number after a signal. */
  readonly ended: Promise<number>;
  /** Why it was ended; undefined when it has ended by itself, by a signal, or not at all. */
  readonly reason?: string | undefined;
  signal(signal: NodeJS.Signals): void;
  /** What it uses, in the format of Docker's API; undefined where that is not known. */
  stats(): Promise<object | undefined>;
  /** Runs a command with its environment in its folder, without a shell. */
  execute(argv: readonly string[]): RunningCommand;
  /** The same in a terminal. */
  executeInTerminal(argv: readonly string[], size: TerminalSize): TerminalCommand;
}

export interface TaskRunner {
  /** Resolves when it runs and listens on its ports. @throws Error when it cannot be started. */
  start(plan: ContainerPlan): Promise<RunningContainer>;
}
