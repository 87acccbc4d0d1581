import { randomUUID } from 'node:crypto';
import { poll } from '../lib/wait.ts';
import { compact, Decoder, encode } from './bodies.ts';
import { invalidToken, StoreError } from './store-error.ts';
import type { StoreModule } from './store-module.ts';
import type * as Contract from './store.ts';

interface Queued<T> {
  readonly fields: Omit<T, 'data' | 'input'>;
  body: string;
  visibleAt: number;
  attempts: number;
  token?: string | undefined;
  lockedUntil?: number;
}
interface Execution {
  status: Contract.ExecutionStatus;
  output?: string | undefined;
  engine?: number | undefined;
  readonly history: Map<number, { kind: string; body: string }>;
}
interface Instance {
  name: string;
  version: string;
  readonly parent: string | undefined;
  current: number;
  readonly executions: Map<number, Execution>;
  customStatus?: string | undefined;
  customStatusVersion: number;
}

/** A store that is one object: what the contract says, in the fewest words. */
class MemoryStore implements Contract.OrchestrationStore {
  ahead = 0;
  instances = new Map<string, Instance>();
  locks = new Map<string, { token: string; until: number }>();
  messages: Queued<Contract.Message>[] = [];
  work: Queued<Contract.WorkItem>[] = [];
  sessions = new Map<string, { owner: string; until: number }>();

  now(): number {
    return performance.now() + this.ahead;
  }

  fetchOrchestrationItem({ lockTimeout, pollTimeout = 0, engines }: Contract.OrchestrationFetch) {
    return longPoll(pollTimeout, () => {
      const now = this.now();
      const suits = (engine: number | undefined) =>
        engine === undefined || engines === undefined || (engine >= engines.min && engine <= engines.max);
      const first = this.messages
        .filter(({ visibleAt, fields: { instance, kind } }) => {
          const known = this.instances.get(instance);
          const engine = known?.executions.get(known.current)?.engine;
          const isFree = (this.locks.get(instance)?.until ?? 0) <= now;
          return visibleAt <= now && isFree && suits(engine) && (known !== undefined || kind === 'start');
        })
        .toSorted((one, other) => this.availableAt(one) - this.availableAt(other))[0];
      if (first === undefined) return undefined;
      const { instance } = first.fields;
      const token = randomUUID();
      const batch = this.messages.filter((message) => message.fields.instance === instance && message.visibleAt <= now);
      for (const message of batch) Object.assign(message, { token, attempts: message.attempts + 1 });
      this.locks.set(instance, { token, until: now + lockTimeout });
      const decoder = new Decoder();
      const messages = batch.map(({ fields, body }) =>
        compact<Contract.Message>({ ...fields, data: decoder.decode(body, 'A message') }),
      );
      const start = messages.find(({ kind }) => kind === 'start');
      const {
        name = start?.name ?? '',
        version = start?.version ?? '',
        current = 1,
      } = this.instances.get(instance) ?? {};
      const history = this.historyOf(instance, current, decoder);
      const attempt = Math.max(...batch.map(({ attempts }) => attempts));
      return { instance, name, version, execution: current, history, messages, token, attempt, ...damageOf(decoder) };
    });
  }

  async ackOrchestrationItem(token: string, turn: Contract.Turn): Promise<void> {
    const operation = 'ackOrchestrationItem';
    const instance = this.lockedBy(token, operation);
    const { execution, metadata = {} } = turn;
    const known = this.instances.get(instance);
    if (known === undefined && metadata.name === undefined)
      throw new StoreError(operation, `The first turn of ${instance} has to name its orchestration`, false);
    this.checkEvents(operation, instance, execution, turn.history ?? []);
    const changed: Instance = known ?? {
      name: '',
      version: '',
      parent: metadata.parent,
      current: execution,
      executions: new Map(),
      customStatusVersion: 0,
    };
    this.instances.set(instance, changed);
    changed.name = metadata.name ?? changed.name;
    changed.version = metadata.version ?? changed.version;
    changed.current = Math.max(changed.current, execution);
    this.append(instance, execution, turn.history ?? []);
    const { status, output, engine } = metadata;
    Object.assign(changed.executions.get(execution)!, compact({ status, output, engine }));
    if (metadata.customStatus !== undefined) {
      changed.customStatus = metadata.customStatus ?? undefined;
      changed.customStatusVersion += 1;
    }
    this.messages = this.messages.filter((message) => message.token !== token);
    for (const item of turn.work ?? []) this.addWork(item);
    const gone = new Set((turn.cancelled ?? []).map((one) => `${one.execution} ${one.activity}`));
    this.work = this.work.filter(
      ({ fields }) => fields.instance !== instance || !gone.has(`${fields.execution} ${fields.activity}`),
    );
    for (const { message, delay } of turn.messages ?? []) this.addMessage(message, delay);
    this.locks.delete(instance);
  }

  async abandonOrchestrationItem(token: string, options: Contract.Abandonment = {}): Promise<void> {
    this.locks.delete(this.lockedBy(token, 'abandonOrchestrationItem'));
    for (const message of this.messages) if (message.token === token) this.release(message, options);
  }

  async renewOrchestrationItemLock(token: string, lockTimeout: number): Promise<void> {
    const instance = this.lockedBy(token, 'renewOrchestrationItemLock');
    this.locks.set(instance, { token, until: this.now() + lockTimeout });
  }

  fetchWorkItem({ lockTimeout, pollTimeout = 0, session, tags }: Contract.WorkFetch) {
    return longPoll(pollTimeout, () => {
      const now = this.now();
      const { named, untagged } = tags ?? { named: [], untagged: true };
      const item = this.work.find(({ fields, visibleAt, lockedUntil = 0 }) => {
        const held = fields.session === undefined ? undefined : this.sessions.get(fields.session);
        const isOurs = held === undefined || held.until <= now || held.owner === session?.owner;
        const serves = fields.tag === undefined ? untagged : named.includes(fields.tag);
        const isFree = visibleAt <= now && lockedUntil <= now;
        return isFree && serves && (fields.session === undefined || (session !== undefined && isOurs));
      });
      if (item === undefined) return undefined;
      const token = randomUUID();
      Object.assign(item, { token, lockedUntil: now + lockTimeout, attempts: item.attempts + 1 });
      const { fields, body, attempts } = item;
      if (fields.session !== undefined && session !== undefined)
        this.sessions.set(fields.session, { owner: session.owner, until: now + session.lockTimeout });
      const decoder = new Decoder();
      const decoded = compact<Contract.WorkItem>({ ...fields, input: decoder.decode(body, 'The input') });
      return { item: decoded, token, attempt: attempts, ...damageOf(decoder) };
    });
  }

  async ackWorkItem(token: string, completion?: Contract.Message): Promise<void> {
    const item = this.heldBy(token, 'ackWorkItem');
    this.work = this.work.filter((one) => one !== item);
    if (completion !== undefined) this.addMessage(completion);
  }

  async abandonWorkItem(token: string, options: Contract.Abandonment = {}): Promise<void> {
    this.release(this.heldBy(token, 'abandonWorkItem'), options);
  }

  async renewWorkItemLock(token: string, lockTimeout: number): Promise<void> {
    this.heldBy(token, 'renewWorkItemLock').lockedUntil = this.now() + lockTimeout;
  }

  async renewSessionLocks(owner: string, lockTimeout: number): Promise<number> {
    const now = this.now();
    const held = [...this.sessions.values()].filter((session) => session.owner === owner && session.until > now);
    for (const session of held) session.until = now + lockTimeout;
    return held.length;
  }

  async enqueueForOrchestrator(message: Contract.Message, delay?: number): Promise<void> {
    this.addMessage(message, delay);
  }

  async enqueueForWorker(item: Contract.WorkItem): Promise<void> {
    this.addWork(item);
  }

  async read(instance: string): Promise<Contract.HistoryEvent[]> {
    return this.historyOf(instance, this.instances.get(instance)?.current ?? 1);
  }

  async readWithExecution(instance: string, execution: number): Promise<Contract.HistoryEvent[]> {
    return this.historyOf(instance, execution);
  }

  async appendWithExecution(instance: string, execution: number, events: readonly Contract.HistoryEvent[]) {
    const operation = 'appendWithExecution';
    if (!this.instances.has(instance)) throw new StoreError(operation, `There is no instance ${instance}`, false);
    this.checkEvents(operation, instance, execution, events);
    this.append(instance, execution, events);
  }

  async describe(instance: string): Promise<Contract.InstanceDescription | undefined> {
    const known = this.instances.get(instance);
    if (known === undefined) return undefined;
    const { name, version, parent, current, customStatus, customStatusVersion } = known;
    const { status, output } = known.executions.get(current)!;
    return { instance, name, version, parent, execution: current, status, output, customStatus, customStatusVersion };
  }

  async deleteInstance(instance: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    const operation = 'deleteInstance';
    const { parent } = this.instances.get(instance) ?? {};
    if (parent !== undefined) throw new StoreError(operation, `${instance} is a child of ${parent}`, false);
    const family = new Set([instance]);
    for (const member of family)
      for (const [name, child] of this.instances) if (child.parent === member) family.add(name);
    for (const member of family) {
      const known = this.instances.get(member);
      if (!force && known?.executions.get(known.current)?.status === 'running')
        throw new StoreError(operation, `${member} is running`, false);
    }
    for (const member of family) {
      this.instances.delete(member);
      this.locks.delete(member);
    }
    this.messages = this.messages.filter(({ fields }) => !family.has(fields.instance));
    this.work = this.work.filter(({ fields }) => !family.has(fields.instance));
  }

  async pruneExecutions(instance: string, keep: number): Promise<number> {
    const { executions = new Map<number, Execution>(), current } = this.instances.get(instance) ?? {};
    const ids = [...executions.keys()].toSorted((one, other) => other - one);
    const old = ids.slice(keep).filter((id) => id !== current);
    for (const id of old) executions.delete(id);
    return old.length;
  }

  async close(): Promise<void> {}

  private addMessage({ data, ...fields }: Contract.Message, delay = 0): void {
    this.messages.push({ fields, body: encode(data), visibleAt: this.now() + delay, attempts: 0 });
  }

  private addWork({ input, ...fields }: Contract.WorkItem): void {
    this.work.push({ fields, body: encode(input), visibleAt: this.now(), attempts: 0 });
  }

  /** When it could be fetched, at the earliest: a lock that has ended made it wait. */
  private availableAt({ fields, visibleAt }: Queued<Contract.Message>): number {
    return Math.max(visibleAt, this.locks.get(fields.instance)?.until ?? 0);
  }

  private lockedBy(token: string, operation: string): string {
    const held = [...this.locks].find(([, lock]) => lock.token === token && lock.until > this.now());
    if (held === undefined) throw invalidToken(operation);
    return held[0];
  }

  private heldBy(token: string, operation: string): Queued<Contract.WorkItem> {
    const item = this.work.find((one) => one.token === token && one.lockedUntil! > this.now());
    if (item === undefined) throw invalidToken(operation);
    return item;
  }

  private release(row: Queued<unknown>, { delay = 0, ignoreAttempt = false }: Contract.Abandonment): void {
    const attempts = ignoreAttempt ? Math.max(0, row.attempts - 1) : row.attempts;
    const visibleAt = delay > 0 ? this.now() + delay : row.visibleAt;
    Object.assign(row, { token: undefined, lockedUntil: 0, attempts, visibleAt });
  }

  private checkEvents(
    operation: string,
    instance: string,
    execution: number,
    events: readonly Contract.HistoryEvent[],
  ) {
    const seen = new Set(this.instances.get(instance)?.executions.get(execution)?.history.keys());
    for (const { id } of events) {
      if (seen.has(id)) throw new StoreError(operation, `Duplicate event ${id} of ${instance}`, false);
      seen.add(id);
    }
  }

  private append(instance: string, execution: number, events: readonly Contract.HistoryEvent[]): void {
    const { executions } = this.instances.get(instance)!;
    const { history } = executions.get(execution) ?? { history: new Map<number, { kind: string; body: string }>() };
    if (!executions.has(execution)) executions.set(execution, { status: 'running', history });
    for (const { id, kind, data } of events) history.set(id, { kind, body: encode(data) });
  }

  private historyOf(instance: string, execution: number, decoder = new Decoder()): Contract.HistoryEvent[] {
    const events = this.instances.get(instance)?.executions.get(execution)?.history ?? [];
    return [...events]
      .toSorted(([one], [other]) => one - other)
      .map(([id, { kind, body }]) =>
        compact<Contract.HistoryEvent>({ id, kind, data: decoder.decode(body, `Event ${id}`) }),
      );
  }
}

const damageOf = ({ damage }: Decoder) => (damage === undefined ? {} : { damage });

/** Looks until there is something, or the time is up. */
const longPoll = <T>(timeout: number, look: () => T | undefined) =>
  poll(look, (found) => found !== undefined, { timeout });

/** In the memory of one process: every client is the same object. */
export const memory: StoreModule = {
  name: 'memory',
  async open() {
    const store = new MemoryStore();
    return {
      connect: async () => store,
      advance: async (milliseconds) => void (store.ahead += milliseconds),
      async damage(row, instance) {
        const known = store.instances.get(instance);
        const rows = {
          history: [...(known?.executions.get(known.current)?.history.values() ?? [])],
          message: store.messages.filter(({ fields }) => fields.instance === instance),
          work: store.work.filter(({ fields }) => fields.instance === instance),
        };
        rows[row].at(-1)!.body = '{damaged';
      },
      close: async () => {},
    };
  },
};
