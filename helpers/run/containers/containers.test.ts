import { createServer } from 'node:http';
import path from 'node:path';
import { labelsOf, RunFolder } from '../index.ts';
import { expect, imports, test } from '../../testing/index.ts';

test('a start removes all containers of dead runs, even if one cannot be removed', async ({ root, runInlineTest }) => {
  const dead = labelsOf(RunFolder.create(root.path));
  const removed: string[] = [];
  await using engine = await openEngine(path.join(root.path, 'docker.sock'), removed, {
    stays: dead,
    running: dead,
    stopped: dead,
    foreign: { ...dead, 'proving-ground.host': 'another' },
    forged: { 'proving-ground.run': '/dev/shm/proving-ground-deadbeef' },
  });
  const { exitCode, output } = await runInlineTest(
    { 'a.spec.ts': `${imports}test('needs no database', () => {});` },
    { env: { TARGET: 'docker', DOCKER_HOST: engine.url } },
  );
  expect(output).toContain('1 passed');
  expect(exitCode).toBe(0);
  expect(removed.toSorted()).toEqual([
    'running?force=true&v=true',
    'stays?force=true&v=true',
    'stopped?force=true&v=true',
  ]);
});

test('the loss of the Docker engine ends a run with one sentence, and the remaining tests do not run', async ({
  root,
  startInlineTest,
}) => {
  const socket = path.join(root.path, 'docker.sock');
  const engine = await openEngine(socket, [], {});
  const run = startInlineTest(
    {
      'a.spec.ts': `${imports}
        import { existsSync } from 'node:fs';
        test('sees it go', async () => {
          console.log('engine=runs');
          const isThere = () => existsSync(${JSON.stringify(socket)});
          await expect.poll(isThere, { intervals: [5], timeout: 60_000 }).toBe(false);
        });
        for (let n = 1; n <= 20; n++) test('needs it ' + n, async ({ postgres }) => { await postgres.query('SELECT 1'); });
      `,
    },
    { env: { TARGET: 'docker', DOCKER_HOST: engine.url } },
  );
  await run.printed('engine');
  await engine[Symbol.asyncDispose]();
  const { exitCode, errors, tests } = await run.ended;
  expect(errors).toEqual([
    expect.stringMatching(
      /^Environment unavailable: The Docker engine does not answer any more \(connect E.+\): see whether it still runs, and start the tests again\.$/,
    ),
  ]);
  expect(exitCode).toBe(130); // as after Ctrl-C
  expect(tests.filter(({ status }) => status === 'passed').map(({ title }) => title)).toEqual(['sees it go']);
  expect(tests.filter(({ status }) => status === 'failed').length).toBeLessThan(5);
  expect(root.leftovers()).toEqual([]);
});

/** The part of the Docker engine's API that sweeping uses (`docker/engine-api v1.41`), on a socket. */
async function openEngine(
  socket: string,
  removed: string[],
  containers: Readonly<Record<string, Record<string, string>>>,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://engine');
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const id = /^\/containers\/(\w+)$/.exec(url.pathname)?.[1];
    if (request.method === 'DELETE') {
      removed.push(request.url!.replace('/containers/', ''));
      return id === 'stays'
        ? answer(409, { message: `removal of container ${id} is already in progress` })
        : answer(204, {});
    }
    if (url.pathname === '/networks/bridge') return answer(200, { IPAM: { Config: [{ Gateway: '127.0.0.1' }] } });
    if (url.pathname === '/info') return answer(200, { ServerVersion: '28', OperatingSystem: 'test' });
    if (url.pathname !== '/containers/json') return answer(200, {});
    const all = url.searchParams.get('all') === 'true';
    answer(
      200,
      Object.entries(containers)
        .filter(([name]) => all || name !== 'stopped')
        .map(([Id, Labels]) => ({ Id, Labels, Names: [`/${Id}`] })),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    url: `unix://${socket}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
