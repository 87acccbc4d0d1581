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

/** Milliseconds between two questions whether a session is active. */
const interval = 25;
/** Times that the pause before another attempt is doubled. */
const mostDoublings = 5;

/** What is being done in a session. */
interface Work {
  readonly since: Date;
  readonly done: Promise<void>;
}

/** What became of an instruction, and the conversation that its sender goes on with. */
interface InstructionOutcome {
  readonly outcome: Outcome;
  readonly conversation: string | undefined;
}

/**
 * Carries out instructions: opens the session, waits for its workspace, sends the instruction there, answers the mail.
 * An instruction is done when its answer is on its way; until then it stays in the queue, and who comes after a killed
 * Hermes receives it again. What became of it is noted before anybody is told, so that whoever cannot be told now is
 * told later, and the instruction is left alone.
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
    const {
      pool,
      parts: { queue },
      configuration: { times },
    } = this.#context;
    for (const message of await queue.receive(pool, times.visibility, [...this.#atWork.keys()])) {
      if (this.#atWork.has(message.id)) continue; // it took long to say so
      this.#atWork.set(message.id, undefined);
      void this.#work(message).finally(() => this.#atWork.delete(message.id));
    }
  }

  /** What fails is received again. */
  async #work(message: QueuedInstruction): Promise<void> {
    try {
      if (message.reply !== null) return await this.#deliver(message, message.reply, message.complaint);
      const settled = await this.#attempt(message);
      await (settled === undefined ? this.#putOff(message) : this.#settle(message, settled));
    } catch (error) {
      process.stderr.write(`${message.id}: ${String(error)}\n`);
    }
  }

  /** Undefined when it is to be tried again. */
  async #attempt(message: QueuedInstruction): Promise<InstructionOutcome | undefined> {
    const {
      body: { text: instruction, threadId: conversation },
      receives,
      id,
    } = message;
    const turn = this.#takeTurn(message.body);
    try {
      await turn.before;
      const session = await this.#sessionOf(message.body);
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

  /** @throws Refusal when the one that it is for has ended, or there are as many as there may be. */
  async #sessionOf(instruction: Instruction): Promise<StoredSession> {
    const {
      pool,
      parts: { sessionStore },
    } = this.#context;
    const { sessionId } = instruction;
    const own = sessionId === undefined ? undefined : await sessionStore.find(pool, sessionId);
    if (own === undefined) return openSession(this.#context, instruction);
    if (own.status === 'draining' || own.status === 'expired')
      throw new Refusal(`The session has ended (${own.reason ?? own.status})`);
    return own;
  }

  /** Messages of one user begin in the order in which they came: each when the one before has begun, or never will. */
  #takeTurn({ clientId, userId }: Instruction): {
    readonly before: Promise<void> | undefined;
    readonly begun: () => void;
  } {
    const user = JSON.stringify([clientId, userId]);
    const before = this.#turns.get(user);
    let begun = (): void => undefined;
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
    const {
      pool,
      parts: { containers },
      configuration: { workspaceSecret },
    } = this.#context;
    const before = this.#working.get(id);
    // What arrives while another is carried out interrupts it; what was waiting with it comes after it.
    if (before !== undefined && message.sent_at < before.since) await before.done;
    const session = await this.#active(id);
    const owner = { clientId: session.client, userId: session.user, threadId: message.body.threadId ?? session.thread };
    const execution = containers.execute(placeOf(session, workspaceSecret), owner, message.id, message.body.text);
    const work: Work = {
      since: new Date(),
      done: execution.then(
        () => undefined,
        () => undefined,
      ),
    };
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
    const {
      pool,
      parts: { sessionStore },
    } = this.#context;
    for (;;) {
      const session = await sessionStore.touch(pool, id);
      if (session?.status === 'active') return session;
      if (session === undefined || session.status !== 'initializing')
        throw new Error(`The session ended (${session?.reason ?? 'gone'})`);
      await delay(interval);
    }
  }

  /** Tells its sender what became of it, if it came by mail. One that failed is put aside for somebody to look at. */
  async #settle(message: QueuedInstruction, { outcome, conversation }: InstructionOutcome): Promise<void> {
    const complaint = outcome.kind === 'failed' ? outcome.reason : null;
    const {
      id,
      body: { mail },
    } = message;
    if (mail === undefined) return this.#end(id, complaint);
    const reply = replyTo(mail, replyText(outcome), conversation);
    await this.#context.parts.queue.settle(this.#context.pool, id, reply, complaint);
    await this.#deliver(message, reply, complaint);
  }

  /**
   * One that no server will ever take (a reply of 5yz, RFC 5321, section 4.2.1) is put aside; any other is tried again.
   */
  async #deliver(message: QueuedInstruction, reply: OutboundMail, complaint: string | null): Promise<void> {
    try {
      await this.#context.mail.send(reply);
    } catch (error) {
      process.stderr.write(`${message.id}: ${String(error)}\n`);
      const isFinal = ((error as { responseCode?: number }).responseCode ?? 0) >= 500;
      return isFinal ? this.#end(message.id, `The reply was refused: ${messageOf(error)}`) : this.#putOff(message);
    }
    await this.#end(message.id, complaint);
  }

  async #end(id: string, complaint: string | null): Promise<void> {
    const {
      pool,
      parts: { queue },
    } = this.#context;
    await (complaint === null ? queue.finish(pool, id) : queue.giveUp(pool, id, complaint));
  }

  async #putOff({ id, receives }: QueuedInstruction): Promise<void> {
    const {
      pool,
      parts: { queue },
      configuration: { times },
    } = this.#context;
    await queue.extend(pool, [id], times.pause * 2 ** Math.min(receives - 1, mostDoublings));
  }

  /** Whatever takes long is not received by anybody else meanwhile, and its session is in use. */
  async #stillAtWork(): Promise<void> {
    const {
      pool,
      parts: { queue, sessionStore },
      configuration: { times },
    } = this.#context;
    if (this.#atWork.size === 0) return;
    try {
      await queue.extend(pool, [...this.#atWork.keys()], times.visibility);
      for (const session of this.#atWork.values()) if (session !== undefined) await sessionStore.touch(pool, session);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`); // and is received again if the store stays away
    }
  }
}
