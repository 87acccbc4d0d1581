import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../lib/environment.ts';
import { type Outcome, type OutboundMail, replyText, replyTo } from '../mail/index.ts';
import type { Instruction, QueuedInstruction } from '../store/queue.ts';
import type { StoredSession } from '../store/session-store.ts';
import { placeOf } from './containers.ts';
import type { HermesContext } from './context.ts';
import { Refusal } from './refusal.ts';
import { openSession } from './open-session.ts';
import { previewUrl } from './preview.ts';

/** Milliseconds between two polls for an active session. */
const interval = 50;
/** How often the pause before a retry is doubled at most. */
const mostDoublings = 5;

const nothing = (): void => undefined;

/** A running instruction of a session. */
interface Work {
  readonly since: Date;
  readonly done: Promise<void>;
}

/** The outcome of an instruction, and the conversation for its reply. */
interface InstructionOutcome {
  readonly outcome: Outcome;
  readonly conversation: string | undefined;
}

/**
 * Executes instructions: opens the session, waits for its workspace, sends the instruction there, answers the mail. An
 * instruction is done when its reply is sent; until then it stays in the queue, and the successor of a killed Hermes
 * receives it again. Its outcome is stored before the reply, so that a retry only sends the reply.
 */
export class InstructionWorker {
  readonly #context: HermesContext;
  /** Ids of the messages in work, with their sessions once they have one. */
  readonly #atWork = new Map<string, string | undefined>();
  readonly #working = new Map<string, Work>();
  /** For each user, a promise that the last message has begun. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(context: HermesContext) {
    this.#context = context;
    const { times } = context.configuration;
    setInterval(() => void this.#extendWork(), times.visibility / 4).unref();
  }

  /** Receives messages and starts to work on them. */
  async look(): Promise<void> {
    const { pool, parts, configuration } = this.#context;
    for (const message of await parts.queue.receive(pool, configuration.times.visibility, [...this.#atWork.keys()])) {
      if (this.#atWork.has(message.id)) continue; // still working, though received again
      this.#atWork.set(message.id, undefined);
      void this.#work(message).finally(() => this.#atWork.delete(message.id));
    }
  }

  /** A failed message stays in the queue, and is received again. */
  async #work(message: QueuedInstruction): Promise<void> {
    try {
      if (message.reply !== null) return await this.#deliver(message, message.reply, message.complaint);
      const settled = await this.#attempt(message);
      await (settled === undefined ? this.#putOff(message) : this.#settle(message, settled));
    } catch (error) {
      process.stderr.write(`${message.id}: ${String(error)}\n`);
    }
  }

  /** Undefined when it is to be retried. */
  async #attempt(message: QueuedInstruction): Promise<InstructionOutcome | undefined> {
    const { body, receives, id } = message;
    const { text: instruction, threadId: conversation } = body;
    const turn = this.#queueForUser(body);
    try {
      await turn.before;
      const session = await this.#sessionOf(body);
      this.#atWork.set(id, session.id);
      return await this.#carryOut(message, session, turn.begun);
    } catch (error) {
      process.stderr.write(`${id}: ${String(error)}\n`);
      if (error instanceof Refusal) return { outcome: { kind: 'refused', reason: error.message }, conversation };
      return receives < this.#context.configuration.limits.receives
        ? undefined
        : { outcome: { kind: 'failed', instruction, reason: messageOf(error) }, conversation };
    } finally {
      turn.begun();
    }
  }

  /** @throws Refusal when its session has ended, or there are too many sessions. */
  async #sessionOf(instruction: Instruction): Promise<StoredSession> {
    const { pool, parts } = this.#context;
    const { sessionId } = instruction;
    const own = sessionId === undefined ? undefined : await parts.sessionStore.find(pool, sessionId);
    if (own === undefined) return openSession(this.#context, instruction);
    if (own.status === 'draining' || own.status === 'expired')
      throw new Refusal(`The session has ended (${own.reason ?? own.status})`);
    return own;
  }

  /** A user's messages begin in the order of their arrival, each after the previous one has begun or failed. */
  #queueForUser({ clientId, userId }: Instruction): {
    readonly before: Promise<void> | undefined;
    readonly begun: () => void;
  } {
    const user = JSON.stringify([clientId, userId]);
    const before = this.#turns.get(user);
    let begun = nothing;
    const turn = new Promise<void>((resolve) => {
      begun = resolve;
    });
    this.#turns.set(user, turn);
    void turn.then(() => {
      if (this.#turns.get(user) === turn) this.#turns.delete(user);
    });
    return { before, begun };
  }

  async #carryOut(message: QueuedInstruction, { id }: StoredSession, begun: () => void): Promise<InstructionOutcome> {
    const { pool, parts, configuration } = this.#context;
    const before = this.#working.get(id);
    // A message that arrives during an execution interrupts it; one that was already waiting runs after it.
    if (before !== undefined && message.sent_at < before.since) await before.done;
    const session = await this.#active(id);
    const owner = { clientId: session.client, userId: session.user, threadId: message.body.threadId ?? session.thread };
    const place = placeOf(session, configuration.workspaceSecret);
    const execution = parts.containers.execute(place, owner, message.id, message.body.text);
    const work: Work = { since: new Date(), done: execution.then(nothing, nothing) };
    this.#working.set(id, work);
    begun();
    try {
      const { interrupted, path } = await execution;
      return {
        outcome: {
          kind: interrupted ? 'interrupted' : 'done',
          instruction: message.body.text,
          previewUrl: await previewUrl(pool, session, path),
        },
        conversation: owner.threadId,
      };
    } finally {
      if (this.#working.get(id) === work) this.#working.delete(id);
    }
  }

  /** Waits for the session's workspace. */
  async #active(id: string): Promise<StoredSession> {
    const { pool, parts } = this.#context;
    for (;;) {
      const session = await parts.sessionStore.touch(pool, id);
      if (session?.status === 'active') return session;
      if (session === undefined || session.status !== 'initializing')
        throw new Error(`The session ended (${session?.reason ?? 'gone'})`);
      await delay(interval);
    }
  }

  /** Sends the outcome to the sender of a mail. A failed message is dead-lettered for inspection. */
  async #settle(message: QueuedInstruction, { outcome, conversation }: InstructionOutcome): Promise<void> {
    const complaint = outcome.kind === 'failed' ? outcome.reason : null;
    const { id, body } = message;
    if (body.mail === undefined) return this.#end(id, complaint);
    const reply = replyTo(body.mail, replyText(outcome), conversation);
    await this.#context.parts.queue.settle(this.#context.pool, id, reply, complaint);
    await this.#deliver(message, reply, complaint);
  }

  /**
   * A reply that is refused for good (5yz, RFC 5321, section 4.2.1) is dead-lettered, with why its instruction failed;
   * other failures are retried.
   */
  async #deliver(message: QueuedInstruction, reply: OutboundMail, complaint: string | null): Promise<void> {
    try {
      await this.#context.mail.send(reply);
    } catch (error) {
      process.stderr.write(`${message.id}: ${String(error)}\n`);
      const isFinal = ((error as { responseCode?: number }).responseCode ?? 0) >= 500;
      if (!isFinal) return this.#putOff(message);
      const refused = `The reply was refused: ${messageOf(error)}`;
      return this.#end(message.id, complaint === null ? refused : `${complaint}; ${refused}`);
    }
    await this.#end(message.id, complaint);
  }

  async #end(id: string, complaint: string | null): Promise<void> {
    const { pool, parts } = this.#context;
    await (complaint === null ? parts.queue.finish(pool, id) : parts.queue.giveUp(pool, id, complaint));
  }

  async #putOff({ id, receives }: QueuedInstruction): Promise<void> {
    const { pool, parts, configuration } = this.#context;
    await parts.queue.extend(pool, [id], configuration.times.pause * 2 ** Math.min(receives - 1, mostDoublings));
  }

  /** Keeps messages in work from being received again, and their sessions in use. */
  async #extendWork(): Promise<void> {
    const { pool, parts, configuration } = this.#context;
    if (this.#atWork.size === 0) return;
    try {
      await parts.queue.extend(pool, [...this.#atWork.keys()], configuration.times.visibility);
      for (const session of this.#atWork.values())
        if (session !== undefined) await parts.sessionStore.touch(pool, session);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`); // if the store stays away, they are received again
    }
  }
}
