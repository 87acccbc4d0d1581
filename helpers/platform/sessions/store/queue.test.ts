import { fileURLToPath } from 'node:url';
import { expect, test } from '../../../../fixtures/index.ts';
import { type OutboundMail } from '../mail/index.ts';
import { type Instruction, queue } from './queue.ts';

test.use({ schema: fileURLToPath(new URL('schema.sql', import.meta.url)), dataset: 'empty' });

const hour = 3_600_000;
const reply: OutboundMail = {
  messageId: '<reply@example.com>',
  from: 'ana@edit.example.com',
  to: 'ana@example.com',
  subject: 'Re: one',
  text: 'Done: one',
  inReplyTo: '<one@example.com>',
  references: [],
};

function from(userId: string, text: string): Instruction {
  return { clientId: 'client', userId, threadId: undefined, text, sessionId: undefined, mail: undefined };
}

test("a message waiting for its retry delays its user's later messages and no other user's", async ({
  postgres: { pool },
}) => {
  const receive = async (...atWork: string[]): Promise<string[]> =>
    (await queue.receive(pool, 0, atWork)).map(({ id }) => id);
  await queue.send(pool, 'one', from('ana', 'one'));
  await queue.send(pool, 'two', from('ana', 'two'));
  await queue.send(pool, 'other', from('ben', 'other'));
  expect(await receive(), 'oldest first').toEqual(['one', 'two', 'other']);

  await queue.extend(pool, ['one'], hour);
  expect(await receive(), 'while the first waits').toEqual(['other']);
  expect(await receive('one'), 'while the first is in work, which the second interrupts').toEqual(['two', 'other']);
  await queue.extend(pool, ['one'], 0);
  expect(await receive()).toEqual(['one', 'two', 'other']);

  await queue.settle(pool, 'one', reply, null);
  await queue.extend(pool, ['one'], hour);
  expect(await receive(), 'while only the reply to the first waits').toEqual(['two', 'other']);
  await queue.extend(pool, ['one'], 0);
  expect(await queue.receive(pool, 0, [])).toMatchObject([
    { id: 'one', reply, complaint: null },
    { id: 'two', reply: null },
    { id: 'other', reply: null },
  ]);
});

test('a dead-lettered message is not received again and stays for inspection', async ({ postgres: { pool } }) => {
  await queue.send(pool, 'one', from('ana', 'one'));
  await queue.send(pool, 'two', from('ana', 'two'));
  await queue.giveUp(pool, 'one', 'it cannot be done');
  expect(await queue.receive(pool, hour, [])).toMatchObject([{ id: 'two', receives: 1 }]);
  expect(await queue.receive(pool, hour, []), 'while it is received').toEqual([]);
  await queue.finish(pool, 'two');
  const { rows } = await pool.query('SELECT id, complaint FROM messages');
  expect(rows).toEqual([{ id: 'one', complaint: 'it cannot be done' }]);
});
