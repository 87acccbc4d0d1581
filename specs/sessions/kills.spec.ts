import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import { type CloudClient, leftBehind, type Mailbox, newMessageId, nothing, type SentMail, Session, until } from '../../helpers/clients/index.ts';

const rounds = 50;
const victims = ['hermes', 'container', 'router', 'mail'] as const;

test('whatever process is killed at whatever moment, every email is answered, nothing is done twice, and nothing is left', { tag: '@long' }, async ({ mailbox, user, cloud, clock, sessionChaos, sessionPlatform, measurements }) => {
  test.setTimeout(900_000);
  const { url } = sessionPlatform;
  const ofUser = async (): Promise<Session | undefined> => (await Session.ofUser(url, user))[0];
  let conversation: string | undefined;

  for (let round = 0; round < rounds; round++) {
    const victim = victims[round % victims.length]!;
    await test.step(`round ${round}: ${victim}`, async () => {
      if (round % 10 === 0) await (await ofUser())?.end(); // so that some of them come while a container starts
      const taken = sendUntilTaken(mailbox, `Add a new page called "Round ${round}"`, conversation);
      await delay(Math.random() * 300); // the moment is what is tried
      if (victim === 'container') {
        await taken;
        const task = await until(async () => runningTask(cloud, await ofUser()), 30_000, () => 'a container that runs');
        await delay(Math.random() * 300);
        sessionChaos.crash(task);
      } else {
        sessionChaos.kill(victim);
      }
      const reply = await (await taken).reply({ timeout: 60_000 });
      expect(reply.text).toMatch(/^Done/);
      conversation = reply.conversationId;
    });
  }

  await test.step('every instruction was carried out once', async () => {
    const session = (await ofUser())!;
    await expect(async () => {
      const subjects = (await session.onThread(conversation!).log()).map(({ subject }) => subject);
      expect(subjects.toReversed()).toEqual(['New site', ...Array.from({ length: rounds }, (_, round) => `Add a new page called "Round ${round}"`)]);
    }, 'once it has a container again').toPass({ timeout: 30_000 });
  });

  await test.step('when nobody uses it any more, nothing is left', async () => {
    await clock.advance('6m');
    await expect(cloud.service('edit')).toHaveTasks(0);
    await expect.poll(() => leftBehind(sessionPlatform)).toEqual(nothing);
    measurements.record('session.orphans', Object.values(await leftBehind(sessionPlatform)).flat().length, 'count');
  });
});

/** As mail servers do: again with the same id, until somebody says that it is taken. */
async function sendUntilTaken(mailbox: Mailbox, text: string, conversation: string | undefined): Promise<SentMail> {
  const messageId = newMessageId();
  for (;;) {
    try {
      return await mailbox.send(text, { messageId, conversation });
    } catch (error) {
      if (!/ECONN|closed|timeout/i.test(String(error))) throw error; // the connection broke
      await delay(50);
    }
  }
}

async function runningTask(cloud: CloudClient, session: Session | undefined): Promise<string | undefined> {
  const tasks = session === undefined ? [] : await cloud.tasksOf(session.id);
  return tasks.find(({ lastStatus }) => lastStatus === 'RUNNING')?.taskArn;
}
