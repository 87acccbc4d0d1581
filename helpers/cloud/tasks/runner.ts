import type { Program } from './images.ts';
import type { Mount } from './volumes.ts';

/** What is needed to run a container. */
export interface ContainerPlan {
  /** Tells it from all others. */
  readonly name: string;
  /** The task's folder, in which it runs. */
  readonly folder: string;
  readonly program: Program;
  readonly environment: Readonly<Record<string, string>>;
  /** The longest path first. */
  readonly mounts: readonly Mount[];
  /** Each gets a socket that listens, see {@link RunningContainer.bindings}. */
  readonly ports: readonly number[];
}

/** Where a port of a container is reached on 127.0.0.1. */
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

/** A container that runs, or has run. */
export interface RunningContainer {
  /** Of its first process, on this machine; undefined when it has ended before anybody could ask. */
  readonly pid: number | undefined;
  readonly bindings: readonly Binding[];
  /** The last lines that it wrote. */
  readonly log: string;
  /** Its exit code: 128 and the signal's number when a signal has ended it. */
  readonly ended: Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** Runs a command with its environment in its folder; no shell sees it. */
  execute(argv: readonly string[]): RunningCommand;
}

/** Runs containers. */
export interface TaskRunner {
  /** Returns when it runs and its ports listen. @throws Error when it cannot be started. */
  start(plan: ContainerPlan): Promise<RunningContainer>;
}
