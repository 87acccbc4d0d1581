import type { ClientBase, PoolClient } from 'pg';

/** The modules of the example's application, as far as faults change them: objects of functions, by their names. */
export interface TrackerParts {
  readonly db: {
    connect(): Promise<PoolClient>;
    release(client: PoolClient, error?: Error): void;
    begin(client: ClientBase, settings: string): Promise<unknown>;
    asTenant<T>(tenant: string, work: (client: ClientBase) => Promise<T>): Promise<T>;
    asSystem<T>(work: (client: ClientBase) => Promise<T>): Promise<T>;
  };
  readonly tasks: {
    insert(client: ClientBase, task: object, key: string | undefined): Promise<Task>;
    find(client: ClientBase, id: string): Promise<Task | undefined>;
    list(client: ClientBase, query: object): Promise<Task[]>;
    change(client: ClientBase, id: string, change: object): Promise<Task | undefined>;
    remove(client: ClientBase, id: string): Promise<Task | undefined>;
    comment(client: ClientBase, id: string, text: string): Promise<Task | undefined>;
  };
  readonly events: {
    append(client: ClientBase, type: string, task: object): Promise<void>;
    after(client: ClientBase, seq: number, limit: number): Promise<Event[]>;
  };
  readonly jobs: {
    next(client: ClientBase): Promise<Job | undefined>;
  };
  readonly notifications: {
    reconnect(connect: () => Promise<void>, isClosed: () => boolean): Promise<void>;
  };
  readonly updates: {
    readonly subscribers: Map<string, Set<Subscriber>>;
    add(subscriber: Subscriber): void;
    read(subscriber: Subscriber): Promise<Event[]>;
    send(subscriber: Subscriber, event: Event): void;
    identify(request: UpgradeRequest): { readonly tenant: string; readonly after: number | undefined };
  };
  readonly tokens: {
    verify(token: string): object;
  };
  readonly access: {
    isOpen(route: string | undefined): boolean;
  };
  readonly errors: {
    answerOf(error: Error & { readonly code?: string }): { readonly status: number; readonly message: string };
  };
}

/** The parts of each process by its entry, and the modules of the application that export them. */
const ofWorker = {
  db: 'db.js',
  tasks: 'tasks.js',
  events: 'events.js',
  jobs: 'jobs.js',
  notifications: 'notifications.js',
} as const;
export const partsOf: Readonly<Record<string, Readonly<Partial<Record<keyof TrackerParts, string>>>>> = {
  'worker.js': ofWorker,
  'api.js': {
    ...ofWorker,
    updates: 'updates.js',
    tokens: 'tokens.js',
    access: 'server.js',
    errors: 'errors.js',
  },
};

interface Task {
  readonly id: string;
  readonly version: number;
  readonly comments: number;
}

interface Event {
  readonly seq: number;
}

export interface Job {
  readonly id: string;
  readonly tenant_id: string;
  readonly task_id: string;
}

interface Subscriber {
  readonly tenant: string;
  readonly last: number;
}

interface UpgradeRequest {
  readonly headers: { readonly authorization?: string };
}
