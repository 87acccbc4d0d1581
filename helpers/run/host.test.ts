import { EnvironmentLost, EnvironmentUnavailable } from '../lib/environment.ts';
import { expect, test } from '../testing/index.ts';
import { isRunning, requestService, RunHost, type StartService } from './index.ts';

test('a service starts once, for the first request, and stops with the run', async ({ root }) => {
  const events: string[] = [];
  const start: StartService = async (folder) => {
    events.push('started');
    return { connection: { in: folder.path }, stop: async () => void events.push('stopped') };
  };
  const host = await RunHost.open({ postgres: start }, root.path);
  expect(events).toEqual([]);
  const ask = () => requestService(host.folder.path, 'postgres');
  expect(await Promise.all([ask(), ask(), host.service('postgres')])).toEqual(
    [0, 1, 2].map(() => ({ in: host.folder.path })),
  );
  expect(await isRunning(host.folder)).toBe(true);
  await host[Symbol.asyncDispose]();
  expect(events).toEqual(['started', 'stopped']);
  expect(await isRunning(host.folder)).toBe(false);
  expect(root.leftovers()).toEqual([]);
});

test('a failed start is reported to every requester, and other services still stop', async ({ root }) => {
  const events: string[] = [];
  const host = await RunHost.open(
    {
      unavailable: () => {
        events.push('tried');
        return Promise.reject(new EnvironmentUnavailable('There is none: install it.'));
      },
      broken: () => Promise.reject(new Error('It is broken.')),
      good: async () => ({ connection: 'good', stop: async () => void events.push('stopped') }),
    },
    root.path,
  );
  const { path } = host.folder;
  for (let worker = 0; worker < 2; worker++)
    await expect(requestService(path, 'unavailable')).rejects.toThrow(
      expect.objectContaining({ name: 'Environment unavailable', message: 'There is none: install it.' }),
    );
  await expect(requestService(path, 'broken')).rejects.toThrow(
    expect.objectContaining({ name: 'Error', message: 'It is broken.' }),
  );
  await expect(requestService(path, 'unknown')).rejects.toThrow('This run has no service named unknown.');
  expect(await requestService(path, 'good')).toBe('good');
  await host[Symbol.asyncDispose]();
  expect(events).toEqual(['tried', 'stopped']);
  expect(root.leftovers()).toEqual([]);
});

test('a service that fails to stop is reported and holds up nothing', async ({ root }) => {
  const events: string[] = [];
  const host = await RunHost.open(
    {
      stuck: async () => ({ connection: 'stuck', stop: () => Promise.reject(new Error('It does not stop.')) }),
      good: async () => ({ connection: 'good', stop: async () => void events.push('stopped') }),
    },
    root.path,
  );
  for (const name of ['stuck', 'good']) await host.service(name);
  await expect(host[Symbol.asyncDispose]()).rejects.toThrow('It does not stop.');
  expect(events).toEqual(['stopped']);
  expect(root.leftovers()).toEqual([]);
});

test('the reason of a lost service is reported to later workers and by the end of the run, instead of what follows from it', async ({
  root,
}) => {
  const why = new EnvironmentLost('The engine has gone: start it.');
  const events: string[] = [];
  let lose!: (why: EnvironmentLost) => void;
  const host = await RunHost.open(
    {
      lost: async () => ({
        connection: 'lost',
        lost: new Promise((resolve) => {
          lose = resolve;
        }),
        stop: () => Promise.reject(new Error('It does not answer.')),
      }),
      good: async () => ({ connection: 'good', stop: async () => void events.push('stopped') }),
    },
    root.path,
  );
  for (const name of ['lost', 'good']) await host.service(name);
  lose(why);
  await host.lost;
  await expect(requestService(host.folder.path, 'good')).rejects.toThrow(why.message);
  await expect(host[Symbol.asyncDispose]()).rejects.toBe(why);
  expect(events).toEqual(['stopped']);
  expect(root.leftovers()).toEqual([]);
});

test('a worker whose run has ended is told so, as of an environment that is unavailable', async ({ root }) => {
  const host = await RunHost.open({}, root.path);
  await host[Symbol.asyncDispose]();
  const error: unknown = await requestService(host.folder.path, 'good').catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(EnvironmentUnavailable);
  expect((error as Error).message).toMatch(/^This worker's run has ended, or its folder was removed \(.*\): run/);
});

test('a worker without a run is told how to open one', async () => {
  await expect(requestService(undefined, 'postgres')).rejects.toThrow(
    'No run is open in this worker: ask for servers by a fixture, which opens one.',
  );
});
