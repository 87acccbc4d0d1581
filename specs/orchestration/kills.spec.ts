import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import { activities, expectedHistory } from '../../helpers/orchestration/index.ts';
import { expectNoTurn, expectNoWork, start } from './turns.ts';

for (const { kills, tag } of [
  { kills: 5, tag: '@short' },
  { kills: 200, tag: '@long' },
]) {
  test(
    `${kills} kills of clients in the middle of their work lose nothing and double nothing`,
    { tag },
    async ({ store, startRelay }) => {
      test.setTimeout(400_000);
      const instances = Array.from({ length: kills * 2 }, (_, index) => `workflow ${index}`);
      const clients = [await startRelay(), await startRelay()];
      for (let kill = 0; kill < kills; kill += 1) {
        // New work for each, so that no client is idle when it is killed.
        for (const instance of instances.slice(kill * 2, kill * 2 + 2))
          await store.enqueueForOrchestrator(start(instance));
        await delay(Math.random() * 60); // random, as crashes are
        await clients[kill % 2]!.kill();
        clients[kill % 2] = await startRelay();
      }

      // Turns are taken in order of their age, so that all workflows end at about the same time.
      await expect(
        async () => {
          const statuses = [];
          for (const instance of instances) statuses.push((await store.describe(instance))?.status);
          expect(statuses.filter((status) => status === 'completed')).toHaveLength(instances.length);
        },
        clients.map(({ errors }) => errors).join(''),
      ).toPass({ timeout: 200_000, intervals: [50] });
      for (const client of clients) await client.kill();
      for (const instance of instances) {
        const kinds = (await store.read(instance)).map(({ kind }) => kind);
        expect(kinds, `of ${activities} activities, each completed once`).toEqual(expectedHistory);
      }
      await expectNoTurn(store, 'every workflow is done');
      await expectNoWork(store, 'every activity is done');
    },
  );
}
