import { randomUUID } from 'node:crypto';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('sessions');

// Promises about instructions: each is carried out once, in its session, and its sender learns what became of it.

const instructions = 'helpers/platform/sessions/hermes/instructions.test.ts';

export const redeliveredInstructionsHaveOtherIds = fault(
  'containers',
  'a workspace recognizes an instruction that it gets again by its id',
  (containers) => ({ execute: (place, owner, _id, text) => containers.execute(place, owner, randomUUID(), text) }),
  `${instructions} › an instruction whose answer is lost comes again under the same id`,
);

export const outcomesAreNotStored = fault(
  'queue',
  'an instruction whose reply was not accepted is not executed again',
  () => ({ settle: () => Promise.resolve() }),
  `${instructions} › a reply whose acceptance is lost is sent again under the same id`,
);

export const failingInstructionsAreTriedTwiceAsOften = fault(
  'queue',
  'an instruction is tried five times at most',
  (queue) => ({
    async receive(...asked) {
      const received = await queue.receive(...asked);
      return received.map((message) => ({ ...message, receives: Math.ceil(message.receives / 2) }));
    },
  }),
  `${instructions} › an instruction that fails five times is dead-lettered, and its sender gets the reason`,
);

export const retriesComeAsFast = fault(
  'queue',
  'each retry of an instruction waits twice as long as the one before',
  ({ extend }) => ({ extend: (db, ids, wait) => extend(db, ids, wait < 400 ? 2 : wait) }),
  `${instructions} › an instruction that fails five times is dead-lettered, and its sender gets the reason`,
);

export const workIsNotHidden = fault(
  'queue',
  'an instruction under way is not received by others',
  () => ({ extend: () => Promise.resolve() }),
  `${instructions} › an instruction under way stays hidden from others, and is use of its session`,
);

export const refusedRepliesHideTheFailure = fault(
  'queue',
  'a dead letter says why its instruction failed, and that its reply was refused',
  ({ giveUp }) => ({ giveUp: (db, id, complaint) => giveUp(db, id, complaint.split('; ').at(-1)!) }),
  `${instructions} › an instruction whose reply is refused, too, is dead-lettered with both reasons`,
);

export const pausesGrowForEver = fault(
  'queue',
  'the pause before a retry has a limit',
  ({ extend }) => {
    let longest = 32;
    return { extend: (db, ids, wait) => extend(db, ids, wait === 64 ? (longest *= 2) : wait) };
  },
  `${instructions} › the pause before a retry is doubled five times at most`,
);

export const endedSessionsGetInstructions = fault(
  'sessionStore',
  'an instruction for a session that has ended is refused',
  ({ find }) => ({
    async find(db, id) {
      const session = await find(db, id);
      return session && { ...session, status: 'active' };
    },
  }),
  `${instructions} › an instruction for a session that is draining is refused, and carried out in no other`,
);

export const emptyReceivesAreBilled = fault(
  'queue',
  'a receive that finds nothing is not billed',
  ({ receive }) => ({
    async receive(db, ...asked) {
      const received = await receive(db, ...asked);
      if (received.length === 0) await db.query(`INSERT INTO requests (service) VALUES ('sqs')`);
      return received;
    },
  }),
  'helpers/platform/sessions/store/billed-queue.test.ts › each request to the queue is counted, but for those that',
);
