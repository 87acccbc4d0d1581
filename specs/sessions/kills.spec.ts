import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import {
  type CloudService,
  leftBehind,
  type Mailbox,
  newMessageId,
  nothing,
  type SentMail,
  Session,
  until,
} from '../../helpers/clients/index.ts';
import type { LocalCloud } from '../../helpers/cloud/index.ts';

const rounds = 50;
const victims = ['hermes', 'container', 'router', 'mail'] as const;

test(
  'killing any process at any moment loses no email, repeats no work and leaves nothing behind',
  { tag: '@long' },
  async ({ mailbox, user, cloud, clock, sessionStore, sessionPlatform, measurements, sessionChaos }) => {
    test.setTimeout(900_000);
    const { url } = sessionPlatform;
    const edit = cloud.service('edit');
    const ofUser = async (): Promise<Session | undefined> => (await Session.ofUser(url, user))[0];
    await clock.advance('6m'); // ends warm sessions of other tests
    await expect(edit).toHaveTasks(0);

    let conversation: string | undefined;
    for (let round = 0; round < rounds; round++) {
      const victim = victims[round % victims.length]!;
      // So that some kills come while a container starts.
      if (Math.floor(round / victims.length) % 3 === 0) await (await ofUser())?.end();
      const moment = Math.round(Math.random() * 300); // random, as crashes are
      await test.step(`round ${round}: ${victim} is killed after ${moment} ms`, async () => {
        const taken = sendUntilTaken(mailbox, `Add a new page called "Round ${round}"`, conversation);
        const task =
          victim === 'container'
            ? await until(
                () => taskWithProcess(edit, sessionPlatform.cloud),
                30_000,
                () => 'a container',
              )
            : undefined;
        await delay(moment);
        if (task !== undefined) sessionChaos.crash(task);
        else if (victim !== 'container') sessionChaos.kill(victim);
        const reply = await (await taken).reply({ timeout: 60_000 });
        expect(reply.text).toMatch(/^Done/);
        conversation = reply.conversationId;
        if (task !== undefined) await cloud.waitForStopped(task); // so that the next round finds another task
        else if (victim !== 'container') await sessionChaos.ready(victim);
      });
    }

    await test.step('every instruction was carried out once', async () => {
      const session = (await ofUser())!;
      await expect(async () => {
        const subjects = (await session.onThread(conversation!).log()).map(({ subject }) => subject);
        expect(subjects.toReversed()).toEqual([
          'New site',
          ...Array.from({ length: rounds }, (_, round) => `Add a new page called "Round ${round}"`),
        ]);
      }, 'once it has a container again').toPass({ timeout: 60_000 });
    });

    await test.step('there is one session, and one container', async () => {
      expect(await sessionStore.postgres.query(`SELECT client_id FROM sessions WHERE status <> 'expired'`)).toEqual([
        { client_id: user.clientId },
      ]);
      await expect(edit).toHaveTasks(1);
    });

    await test.step('when it is no longer used, nothing is left', async () => {
      await clock.advance('6m');
      await expect(edit).toHaveTasks(0);
      await expect
        .poll(() => leftBehind(sessionPlatform), { message: 'what is left behind', timeout: 30_000 })
        .toEqual(nothing);
      measurements.record('session.orphans', Object.values(await leftBehind(sessionPlatform)).flat().length, 'count');
    });
  },
);

/** Sends again with the same id until the mail is accepted, as mail servers do. @throws Error after a minute. */
async function sendUntilTaken(mailbox: Mailbox, text: string, conversation: string | undefined): Promise<SentMail> {
  const messageId = newMessageId();
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      return await mailbox.send(text, { messageId, conversation });
    } catch (error) {
      // Otherwise the connection broke, and is tried again.
      if (!/ECONN|EPIPE|closed|timeout/i.test(String(error)) || performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

/** A task with a process, running or still starting. */
async function taskWithProcess(service: CloudService, cloud: LocalCloud): Promise<string | undefined> {
  return (await service.tasks()).find(({ taskArn }) => cloud.tasks().get(taskArn!)?.containers[0]?.pid !== undefined)
    ?.taskArn;
}
