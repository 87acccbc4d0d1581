import { expect, imports, test } from '../testing/index.ts';

test('chaos is undone before anything is removed, whatever the order of fixtures', async ({ runInlineTest }) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    const harm = async (chaos, createTenant, experiments) => {
      await createTenant().experiments.create({ config: { duration: '30m' } });
      await experiments.create({ config: { duration: '30m' } });
      chaos.freeze('gateway');
      await chaos.stop('controller');
    };
    test('chaos first', async ({ chaos, createTenant, experiments }) => harm(chaos, createTenant, experiments));
    test('chaos last', async ({ experiments, createTenant, chaos }) => harm(chaos, createTenant, experiments));
    test('leaves nothing', async ({ experiments, internals }) => {
      expect((await experiments.list({ state: ['pending', 'initializing', 'running'] })).experiments).toEqual([]);
      expect(await internals.postgres.query("SELECT FROM experiments WHERE tenant_id LIKE 'tenant-%'")).toEqual([]);
    });
  `,
  });
  expect(tests).toMatchObject(
    ['chaos first', 'chaos last', 'leaves nothing'].map((title) => ({ title, status: 'passed', errors: [] })),
  );
});

test('session chaos is undone before anything is removed, whatever the order of fixtures', async ({
  runInlineTest,
}) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    const harm = async (chaos, createSession, mailbox) => {
      await createSession();
      await (await mailbox.send('Add a new page called "Home"')).reply();
      chaos.cut('router-hermes');
      chaos.freeze('router');
    };
    test('chaos first', async ({ sessionChaos, createSession, mailbox }) => harm(sessionChaos, createSession, mailbox));
    test('chaos last', async ({ createSession, mailbox, sessionChaos }) => harm(sessionChaos, createSession, mailbox));
    test('leaves nothing', async ({ sessionStore }) => {
      expect(await sessionStore.postgres.query("SELECT FROM sessions WHERE status <> 'expired'")).toEqual([]);
    });
  `,
  });
  expect(tests).toMatchObject(
    ['chaos first', 'chaos last', 'leaves nothing'].map((title) => ({ title, status: 'passed', errors: [] })),
  );
});

test('a failing cleanup step does not stop the others, and every failure is reported', async ({ runInlineTest }) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('leaves things', async ({ _cleanup }, testInfo) => {
      const done = [];
      _cleanup.remove(() => Promise.reject(new Error('The first is stuck.')));
      const attach = (body) => testInfo.attach('done', { body, contentType: 'text/plain' });
      _cleanup.remove(() => attach(done.concat('removed').join()));
      _cleanup.remove(() => Promise.reject(new Error('The third is stuck.')));
      _cleanup.restore(() => Promise.reject(new Error('It does not start.')));
      _cleanup.restore(async () => void done.push('restored'));
    });
  `,
  });
  expect(tests).toMatchObject([{ status: 'failed', texts: { done: 'restored,removed' } }]);
  expect(tests[0]!.errors.join('\n')).toMatch(/It does not start\..*The first is stuck\..*The third is stuck\./s);
});
