import { fileURLToPath } from 'node:url';
import { waitFor } from '../../../lib/wait.ts';
import { expect, test as base } from '../../../testing/session-parts.ts';
import { defaultSessionLimits, defaultSessionTimes, type SessionConfiguration } from '../configuration.ts';
import type { OutboundMail } from '../mail/index.ts';
import type { Instruction } from '../store/queue.ts';
import { InstructionWorker } from './instructions.ts';
import { type HermesParts, hermesParts } from './parts.ts';

/** Called with the number of the instruction or the reply, from 1; what it throws is the answer. */
interface Answers {
  readonly container?: (turn: number) => void | Promise<void>;
  readonly mailServer?: (turn: number) => void;
  readonly session?: string;
  readonly status?: 'draining' | 'expired';
}

/** Milliseconds before the first retry, and for which an instruction is hidden while it is under way. */
const [pause, visibility] = [2, 400];

const answer = (): void => undefined;

interface HermesFixtures {
  /**
   * Has one instruction by mail carried out in an open session, until it has left the queue or is dead-lettered. The
   * container and the mail server answer unless what is given here throws. `session` is what the instruction has to be
   * carried out in, and `status` is that of the open session when it arrives, `active` by default.
   */
  carryOut: (answers: Answers) => Promise<{
    /** The ids that the container got. */
    readonly ids: readonly string[];
    readonly replies: readonly OutboundMail[];
    /** Milliseconds before each retry. */
    readonly waits: readonly number[];
    /** Why it was dead-lettered. */
    readonly complaint: string | undefined;
  }>;
}

const instruction: Instruction = {
  clientId: 'client',
  userId: 'ana',
  threadId: undefined,
  text: 'Add a page',
  sessionId: undefined,
  mail: { messageId: '<1@example.com>', from: 'ana@example.com', to: ['client@edit'], subject: '', references: [] },
};

const test = base.extend<HermesFixtures>({
  carryOut: async ({ postgres: { pool }, withSessionFault }, use) => {
    await use(async ({ container = answer, mailServer = answer, session: sessionId, status }) => {
      const ids: string[] = [];
      const waits: number[] = [];
      let isExecuting = false;
      const replies: OutboundMail[] = [];
      const parts = await withSessionFault<HermesParts>({
        ...hermesParts,
        queue: {
          ...hermesParts.queue,
          extend(db, messages, wait) {
            if (wait !== visibility) waits.push(wait);
            return hermesParts.queue.extend(db, messages, wait);
          },
        },
        containers: {
          init: () => Promise.resolve(),
          async execute(_place, _owner, id) {
            isExecuting = true;
            try {
              await container(ids.push(id));
            } finally {
              isExecuting = false;
            }
            return { commit: '1', path: '/page', interrupted: false };
          },
        },
        mailSender: () => ({
          async send(mail) {
            mailServer(replies.push(mail));
          },
        }),
      });
      const configuration = {
        limits: defaultSessionLimits,
        times: { ...defaultSessionTimes, pause, visibility },
        workspaceSecret: 'a secret',
      } as SessionConfiguration;
      await pool.query(`INSERT INTO addresses VALUES ('router', 'http://127.0.0.1')`);
      const session = { id: 'session', client: 'client', user: 'ana', thread: 'thread-1', key: 'key' };
      await parts.sessionStore.open(pool, { ...session, most: 1, lock: 1_000 });
      await parts.sessionStore.assign(pool, 'session', 'task', 'http://127.0.0.1:1');
      await parts.sessionStore.activate(pool, 'session', 'task');
      if (status !== undefined) await parts.sessionStore.drain(pool, 'session', 'idle');
      if (status === 'expired') await parts.sessionStore.expire(pool, 'session', 'ended');
      await parts.queue.send(pool, 'instruction', { ...instruction, sessionId });
      const mail = parts.mailSender(undefined!);
      const worker = new InstructionWorker({ parts, configuration, pool, mail, workspaces: undefined! });
      const waiting = async () => {
        if (!isExecuting) await worker.look(); // what is received is hidden, too
        return (await pool.query('SELECT FROM messages WHERE dead_at IS NULL')).rowCount;
      };
      await expect.poll(waiting, { message: 'instructions that are not done', intervals: [10] }).toBe(0);
      const { rows } = await pool.query<{ complaint: string }>('SELECT complaint FROM messages');
      return { ids, replies, waits, complaint: rows[0]?.complaint };
    });
  },
});

test.use({ schema: fileURLToPath(new URL('../store/schema.sql', import.meta.url)), dataset: 'empty' });

/** Fails the first time, as where the answer is lost. */
const loseFirst = (turn: number): void => {
  if (turn === 1) throw new Error('the connection was closed');
};

test('an instruction whose answer is lost comes again under the same id', async ({ carryOut }) => {
  const { ids, replies } = await carryOut({ container: loseFirst });
  expect(ids).toEqual(['instruction', 'instruction']);
  expect(replies).toMatchObject([{ text: expect.stringMatching(/^Done: Add a page/) }]);
});

test('a reply whose acceptance is lost is sent again under the same id', async ({ carryOut }) => {
  const { ids, replies } = await carryOut({ mailServer: loseFirst });
  expect(ids).toEqual(['instruction']);
  expect(replies).toEqual([replies[0], replies[0]]);
});

test('an instruction under way stays hidden from others, and is use of its session', async ({
  carryOut,
  postgres: { pool },
}) => {
  const isOf = async (condition: string) =>
    (await pool.query(`SELECT FROM messages, sessions WHERE ${condition}`)).rowCount === 1;
  let [isHiddenForLonger, isUse] = [false, false];
  await carryOut({
    async container() {
      await pool.query(`UPDATE sessions SET last_activity = last_activity - interval '1 minute'`);
      const { rows } = await pool.query<{ until: string }>('SELECT visible_at::text AS until FROM messages');
      isHiddenForLonger = await waitFor(() => isOf(`visible_at > '${rows[0]!.until}'`), 2_000, 10);
      isUse = await waitFor(() => isOf(`last_activity > now() - interval '30 seconds'`), 2_000, 10);
    },
  });
  expect([isHiddenForLonger, isUse]).toEqual([true, true]);
});

test('an instruction that fails five times is dead-lettered, and its sender gets the reason', async ({ carryOut }) => {
  const { ids, replies, waits, complaint } = await carryOut({
    container: (turn) => {
      throw new Error(`no room ${turn}`);
    },
  });
  expect(ids).toHaveLength(defaultSessionLimits.receives);
  expect(complaint).toBe('no room 5');
  expect(waits, 'each twice as long').toEqual([2, 4, 8, 16]);
  expect(replies).toMatchObject([{ text: expect.stringMatching(/^Failed: Add a page\nReason: no room 5/) }]);
});

test('an instruction whose reply is refused, too, is dead-lettered with both reasons', async ({ carryOut }) => {
  const { complaint } = await carryOut({
    container: (turn) => {
      throw new Error(`no room ${turn}`);
    },
    mailServer() {
      throw Object.assign(new Error('no such mailbox'), { responseCode: 550 });
    },
  });
  expect(complaint).toBe('no room 5; The reply was refused: no such mailbox');
});

for (const status of ['draining', 'expired'] as const)
  test(`an instruction for a session that is ${status} is refused, and carried out in no other`, async ({
    carryOut,
  }) => {
    const { ids, replies } = await carryOut({ session: 'session', status });
    expect(ids).toEqual([]);
    expect(replies).toMatchObject([{ text: expect.stringContaining('Refused: The session has ended (idle)') }]);
  });

test('the pause before a retry is doubled five times at most', async ({ carryOut }) => {
  const { waits } = await carryOut({
    mailServer(turn) {
      if (turn <= 8) throw new Error('try again later');
    },
  });
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 64, 64]);
});
