/**
 * The contract of a durable store: what a workflow engine keeps its instances, their histories and its queues in.
 * Every time is in milliseconds. An operation that is refused rejects with a `StoreError`.
 *
 * The operations and their meaning follow duroxide's provider interface (https://github.com/microsoft/duroxide).
 */
export interface OrchestrationStore {
  /**
   * Locks the instance that has waited longest for a turn, with all its visible messages. What arrives while it is
   * locked belongs to a later turn. Undefined when nothing came within `pollTimeout`.
   */
  fetchOrchestrationItem(options: OrchestrationFetch): Promise<OrchestrationItem | undefined>;
  /**
   * Ends a turn, as one transaction: stores its effects, deletes the messages that were fetched, and unlocks the
   * instance. Permanent errors: the token's lock has ended; an event's id is taken.
   */
  ackOrchestrationItem(token: string, turn: Turn): Promise<void>;
  /** Unlocks an instance without effect; its messages are delivered again. Permanent error: the lock has ended. */
  abandonOrchestrationItem(token: string, options?: Abandonment): Promise<void>;
  /** Makes a lock end `lockTimeout` from now. Permanent error: it has ended already. */
  renewOrchestrationItemLock(token: string, lockTimeout: number): Promise<void>;

  /** Locks the first work item, in the order of their arrival, that is visible and that this worker may have. */
  fetchWorkItem(options: WorkFetch): Promise<LockedWorkItem | undefined>;
  /** Deletes a work item and sends its completion, as one transaction. Permanent error: lock ended, or cancelled. */
  ackWorkItem(token: string, completion?: Message): Promise<void>;
  /** Makes a work item available again. Permanent error: lock ended, or cancelled. */
  abandonWorkItem(token: string, options?: Abandonment): Promise<void>;
  /** Makes a lock end `lockTimeout` from now. Permanent error: it has ended already, or the item is cancelled. */
  renewWorkItemLock(token: string, lockTimeout: number): Promise<void>;
  /** Makes the sessions that `owner` holds end `lockTimeout` from now. Returns how many there are. */
  renewSessionLocks(owner: string, lockTimeout: number): Promise<number>;

  /** Sends a message, visible after `delay`. It never creates an instance: the first turn's ack does. */
  enqueueForOrchestrator(message: Message, delay?: number): Promise<void>;
  enqueueForWorker(item: WorkItem): Promise<void>;

  /** The history of the latest execution; empty when the instance is unknown. */
  read(instance: string): Promise<HistoryEvent[]>;
  readWithExecution(instance: string, execution: number): Promise<HistoryEvent[]>;
  /** Permanent error: an event's id is taken. */
  appendWithExecution(instance: string, execution: number, events: readonly HistoryEvent[]): Promise<void>;

  /** Undefined when the instance is unknown. */
  describe(instance: string): Promise<InstanceDescription | undefined>;
  /**
   * Deletes an instance and all its descendants, with their executions, messages and work. Permanent errors: it is the
   * child of another, whatever `force` says; one of them is running, unless `force` is set.
   */
  deleteInstance(instance: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Deletes all but the latest `keep` executions; never the current one. Returns how many it has deleted. */
  pruneExecutions(instance: string, keep: number): Promise<number>;

  /** Ends the connection, if it has not been ended yet; locks stay. */
  close(): Promise<void>;
}

export interface Fetch {
  readonly lockTimeout: number;
  /** How long to wait for something to fetch; default 0. */
  readonly pollTimeout?: number;
}

export interface OrchestrationFetch extends Fetch {
  /** The engine versions that this client can replay; an execution that names none suits every client. */
  readonly engines?: { readonly min: number; readonly max: number };
}

export interface WorkFetch extends Fetch {
  /** For work that has a session: the worker that locks it first gets all of its work while that lock lasts. */
  readonly session?: { readonly owner: string; readonly lockTimeout: number };
  /** Which tags a worker serves; by default it gets untagged work alone. */
  readonly tags?: { readonly named: readonly string[]; readonly untagged: boolean };
}

export interface Abandonment {
  /** How long until it is visible again; default 0. */
  readonly delay?: number;
  /** Takes this attempt back from the count. */
  readonly ignoreAttempt?: boolean;
}

/** What an instance is told. The first that it is told is `start`. */
export interface Message {
  readonly instance: string;
  readonly kind: 'start' | 'completion' | 'timer' | 'event' | 'cancel';
  /** What is started, or which event it is. */
  readonly name?: string;
  readonly version?: string;
  readonly execution?: number;
  /** Of the activity or timer. */
  readonly id?: number;
  readonly data?: unknown;
}

/** What a worker is to do: one activity. */
export interface WorkItem {
  readonly instance: string;
  readonly execution: number;
  readonly activity: number;
  readonly name: string;
  readonly input?: unknown;
  readonly session?: string;
  readonly tag?: string;
}

/** An entry of a history. Ids are unique within an execution, and give its order. */
export interface HistoryEvent {
  readonly id: number;
  readonly kind: string;
  readonly data?: unknown;
}

export interface OrchestrationItem {
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  readonly execution: number;
  /** Of this execution. */
  readonly history: readonly HistoryEvent[];
  /** In the order in which they were sent. */
  readonly messages: readonly Message[];
  readonly token: string;
  /** How often the message that was delivered most often has been, this time included. */
  readonly attempt: number;
  /** What of it could not be decoded, so that the engine can give the instance up. */
  readonly damage?: string;
}

export interface LockedWorkItem {
  readonly item: WorkItem;
  readonly token: string;
  readonly attempt: number;
  readonly damage?: string;
}

/** What a turn of an instance has come to. */
export interface Turn {
  readonly execution: number;
  /** Appended to the execution's history. */
  readonly history?: readonly HistoryEvent[];
  readonly work?: readonly WorkItem[];
  readonly messages?: readonly { readonly message: Message; readonly delay?: number }[];
  /** Activities of this instance whose work is deleted, whether a worker holds it or not, or this turn has sent it. */
  readonly cancelled?: readonly { readonly execution: number; readonly activity: number }[];
  readonly metadata?: TurnMetadata;
}

export interface TurnMetadata {
  /** Needed in an instance's first turn, which creates it. */
  readonly name?: string;
  readonly version?: string;
  /** The instance that started this one. */
  readonly parent?: string;
  /** The version of the engine that this execution needs. */
  readonly engine?: number;
  readonly status?: ExecutionStatus;
  readonly output?: string;
  /** What the instance tells of its progress; null removes it. */
  readonly customStatus?: string | null;
}

export type ExecutionStatus = 'running' | 'completed' | 'failed' | 'continuedAsNew';

export interface InstanceDescription {
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  readonly parent: string | undefined;
  /** The current execution; status and output are its. */
  readonly execution: number;
  readonly status: ExecutionStatus;
  readonly output: string | undefined;
  readonly customStatus: string | undefined;
  /** Counts the changes of the custom status. */
  readonly customStatusVersion: number;
}
