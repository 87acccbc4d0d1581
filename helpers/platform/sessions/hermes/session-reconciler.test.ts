import type pg from 'pg';
import { expect, test } from '../../../testing/session-parts.ts';
import { defaultSessionTimes, type SessionConfiguration } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import { SessionReconciler } from './session-reconciler.ts';
import { type Steps, steps as ours } from './steps.ts';
import type { WorkspaceTask } from './workspaces.ts';

const nothing = () => Promise.resolve();
const noSteps: Steps = {
  end: nothing,
  forgetStopped: nothing,
  assign: nothing,
  open: nothing,
  protect: nothing,
  scale: nothing,
};

/** A reconciler of what is given, the number of times that it has asked the cloud for its tasks, and what it claims. */
function reconcile(
  sessions: Partial<StoredSession>[],
  tasks: WorkspaceTask[],
  { steps = noSteps, times = {} }: { steps?: Steps; times?: Partial<SessionConfiguration['times']> } = {},
) {
  const context = {
    pool: {} as pg.Pool,
    configuration: { times: { ...defaultSessionTimes, tasks: 60_000, ...times } },
    parts: { sessionStore: { unfinished: () => Promise.resolve(sessions) }, steps },
    workspaces: {
      list() {
        asked.times++;
        return Promise.resolve(tasks);
      },
      claim: (...claimed: string[]) => Promise.resolve(asked.claims.push(claimed)),
    },
  } as unknown as HermesContext;
  const asked = { times: 0, claims: [] as string[][], reconciler: new SessionReconciler(context) };
  return asked;
}

const session = { id: 's-1', status: 'active', task: 't-1' } as const;
const task: WorkspaceTask = { arn: 't-1', address: 'http://127.0.0.1:1', isStopped: false, isLeaving: false };

test('while each session has its task, the cloud is asked once in a while', async () => {
  const sessions: Partial<StoredSession>[] = [session];
  const it = reconcile(sessions, [task]);
  for (let pass = 0; pass < 5; pass++) await it.reconciler.look();
  expect(it.times).toBe(1);
  sessions.push({ id: 's-2', status: 'initializing', task: null });
  await it.reconciler.look();
  expect(it.times, 'after a session has come').toBe(2);
});

test('Hermes rests while each session has its task, and while there is neither', async () => {
  for (const [sessions, tasks] of [
    [[session], [task]],
    [[], []],
  ] as const) {
    const { reconciler } = reconcile([...sessions], [...tasks]);
    expect([await reconciler.look(), await reconciler.look()]).toEqual(['rest', 'rest']);
  }
});

for (const [what, sessions, tasks] of [
  ['a session waits for its task', [{ ...session, task: null }], []],
  ['a task starts', [session], [{ ...task, address: undefined }]],
  ['a task ends', [session], [{ ...task, isLeaving: true }]],
  ['a task is gone', [session], [{ ...task, isStopped: true }]],
  ['a task has no session', [session], [task, { ...task, arn: 't-2' }]],
  ['a session ends', [{ ...session, status: 'draining' as const }], [task]],
] as const) {
  test(`Hermes does not rest, and asks the cloud in each pass, while ${what}`, async () => {
    const it = reconcile([...sessions], [...tasks]);
    for (let pass = 0; pass < 3; pass++) expect(await it.reconciler.look()).not.toBe('rest');
    expect(it.times).toBe(3);
  });
}

for (const [what, protection, times] of [
  ['the task of a session in use is protected once after a start of Hermes', 60_000, 1],
  ['the task of a session in use is protected anew when its time is over', 0, 3],
] as const)
  test(what, async ({ withSessionFault }) => {
    const { steps } = await withSessionFault({ steps: { ...noSteps, protect: ours.protect } });
    const it = reconcile([session], [task], { steps, times: { tasks: 0, protection } });
    for (let pass = 0; pass < 3; pass++) await it.reconciler.look();
    expect(it.claims).toEqual(Array.from({ length: times }, () => ['t-1', 's-1']));
  });

test('a task is not protected anew when its session has just got it', async () => {
  const sessions: Partial<StoredSession>[] = [{ ...session, status: 'initializing' }];
  const it = reconcile(sessions, [task], { steps: { ...noSteps, protect: ours.protect }, times: { tasks: 0 } });
  await it.reconciler.look();
  sessions[0] = session;
  await it.reconciler.look();
  expect(it.claims).toEqual([]);
});
