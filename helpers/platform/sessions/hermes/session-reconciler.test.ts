import type pg from 'pg';
import { expect, test } from '../../../testing/index.ts';
import { defaultSessionTimes } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import { SessionReconciler } from './session-reconciler.ts';
import type { WorkspaceTask } from './workspaces.ts';

/** A reconciler of what is given, with the number of times that it has asked the cloud for its tasks. */
function reconcile(sessions: Partial<StoredSession>[], tasks: WorkspaceTask[]) {
  const nothing = () => Promise.resolve();
  const context = {
    pool: {} as pg.Pool,
    configuration: { times: { ...defaultSessionTimes, tasks: 60_000 } },
    parts: {
      sessionStore: { unfinished: () => Promise.resolve(sessions) },
      steps: { end: nothing, forgetStopped: nothing, assign: nothing, open: nothing, scale: nothing },
    },
    workspaces: {
      list() {
        asked.times++;
        return Promise.resolve(tasks);
      },
    },
  } as unknown as HermesContext;
  const asked = { times: 0, reconciler: new SessionReconciler(context) };
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
