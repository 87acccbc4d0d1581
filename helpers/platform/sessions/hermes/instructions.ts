import { setTimeout as delay } from 'node:timers/promises';
import { type Outcome, replyText, replyTo } from '../mail/index.ts';
import type { Instruction, QueuedInstruction } from '../store/queue.ts';
import type { StoredSession } from '../store/sessions.ts';
import type { HermesContext } from './context.ts';
import { Refusal } from './refusal.ts';
import { openSession } from './sessions.ts';
import { previewUrl } from './preview.ts';

/** Milliseconds between two questions whether a session is active. */
const interval = 25;

/** What is being done in a session. */
interface Work {
  readonly since: Date;
  readonly done: Promise<void>;
}

/**
 * Carries out instructions: opens the session, waits for its workspace, sends the instruction there, answers the mail.
 * An instruction is done when its answer is on its way; until then it stays in the queue, and who comes after a killed
 * Hermes receives it again.
 */
export class InstructionWorker {
  readonly #context: HermesContext;
  /** Ids of the messages that are being worked on, with their sessions once they have one. */
  readonly #atWork = new Map<string, string | undefined>();
  readonly #working = new Map<string, Work>();
  /** Of each user, when the last message that came has begun. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(context: HermesContext) {
    this.#context = context;
    const { times } = context.configuration;
    setInterval(() => void this.#stillAtWork(), times.visibility / 4).unref();
  }

  /** Takes what is in the queue, and begins with it. */
  async look(): Promise<void> {
    const { pool, parts: { queue }, configuration: { times } } = this.#context;
    for (const message of await queue.receive(pool, times.visibility)) {
      if (this.#atWork.has(message.id)) continue; // it took long to say so
      this.#atWork.set(message.id, undefined);
      void this.#handle(message).finally(() => this.#atWork.delete(message.id));
    }
  }

  async #handle(message: QueuedInstruction): Promise<void> {
    const { pool, parts: { queue }, configuration: { limits, times } } = this.#context;
    const turn = this.#takeTurn(message.body);
    try {
      await turn.before;
      const session = await openSession(this.#context, message.body);
      this.#atWork.set(message.id, session.id);
      await this.#carryOut(message, session, turn.begun);
    } catch (error) {
      process.stderr.write(`${message.id}: ${String(error)}\n`);
      const isFinal = error instanceof Refusal;
      if (!isFinal && message.receives < limits.receives) await queue.extend(pool, [message.id], times.pause).catch(() => undefined); // once more
      else await this.#refuse(message, error as Error, isFinal).catch((second: unknown) => process.stderr.write(`${message.id}: ${String(second)}\n`));
    } finally {
      turn.begun();
    }
  }

  /** Messages of one user begin in the order in which they came: each when the one before has begun, or never will. */
  #takeTurn({ clientId, userId }: Instruction): { readonly before: Promise<void> | undefined; readonly begun: () => void } {
    const user = JSON.stringify([clientId, userId]);
    const before = this.#turns.get(user);
    let begun = (): void => undefined;
    const turn = new Promise<void>((resolve) => { begun = resolve; });
    this.#turns.set(user, turn);
    void turn.then(() => {
      if (this.#turns.get(user) === turn) this.#turns.delete(user);
    });
    return { before, begun };
  }

  async #carryOut(message: QueuedInstruction, { id }: StoredSession, begun: () => void): Promise<void> {
    const { pool, parts: { queue, containers } } = this.#context;
    const before = this.#working.get(id);
    // What arrives while another is carried out interrupts it; what was waiting with it comes after it.
    if (before !== undefined && message.sent_at < before.since) await before.done;
    const session = await this.#active(id);
    const owner = { clientId: session.client, userId: session.user, threadId: message.body.threadId ?? session.thread };
    const execution = containers.execute(session.address!, owner, message.id, message.body.text);
    const work: Work = { since: new Date(), done: execution.then(() => undefined, () => undefined) };
    this.#working.set(id, work);
    begun();
    try {
      const outcome = await execution;
      const { text: instruction } = message.body;
      await this.#reply(message, { kind: outcome.interrupted ? 'interrupted' : 'done', instruction, previewUrl: await previewUrl(pool, session, outcome.path) }, owner.threadId);
      await queue.finish(pool, message.id);
    } finally {
      if (this.#working.get(id) === work) this.#working.delete(id);
    }
  }

  /** Waits for the session's workspace. */
  async #active(id: string): Promise<StoredSession> {
    const { pool, parts: { sessionStore } } = this.#context;
    for (;;) {
      const session = await sessionStore.touch(pool, id);
      if (session?.status === 'active') return session;
      if (session === undefined || session.status !== 'initializing') throw new Error(`The session ended (${session?.reason ?? 'gone'})`);
      await delay(interval);
    }
  }

  async #refuse(message: QueuedInstruction, { message: reason }: Error, isFinal: boolean): Promise<void> {
    const { pool, parts: { queue } } = this.#context;
    const { id, body: { text: instruction, threadId } } = message;
    await this.#reply(message, isFinal ? { kind: 'refused', reason } : { kind: 'failed', instruction, reason }, threadId);
    if (isFinal) await queue.finish(pool, id);
    else await queue.giveUp(pool, id, reason);
  }

  /** Answers the mail that the instruction came by, if it came by one. */
  async #reply({ body: { mail } }: QueuedInstruction, outcome: Outcome, conversation: string | undefined): Promise<void> {
    if (mail !== undefined) await this.#context.mail.send(replyTo(mail, replyText(outcome), conversation));
  }

  /** Whatever takes long is not received by anybody else meanwhile, and its session is in use. */
  async #stillAtWork(): Promise<void> {
    const { pool, parts: { queue, sessionStore }, configuration: { times } } = this.#context;
    if (this.#atWork.size === 0) return;
    try {
      await queue.extend(pool, [...this.#atWork.keys()], times.visibility);
      for (const session of this.#atWork.values()) if (session !== undefined) await sessionStore.touch(pool, session);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`); // and is received again if the store stays away
    }
  }
}
