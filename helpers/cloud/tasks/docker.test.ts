import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { RunFolder } from '../../run/index.ts';
import { expect, test } from '../../testing/index.ts';
import { runnerOn } from './docker.ts';
import type { ContainerPlan, TaskRunner } from './runner.ts';

const Docker = createRequire(createRequire(import.meta.url).resolve('testcontainers'))('dockerode') as typeof Dockerode;

/** The part of a Docker engine that the client uses, with one container, which can be stopped like a daemon. */
class Engine implements AsyncDisposable {
  /** The requests for containers. */
  readonly created: unknown[] = [];
  /** The sizes that terminals are to get, which are answered by the test. */
  readonly resizes: { readonly size: string; answer(): void }[] = [];
  /** Whether it cannot start containers. */
  isFull = false;
  /** Whether a client listens to what happens to the container. */
  isHeard = false;
  /** What was typed in terminals. */
  typed = '';
  readonly #sockets = new Set<Socket>();
  #events: ServerResponse | undefined;
  #wantedEvents: readonly string[] = [];
  #waiting: ServerResponse | undefined;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<Dockerode> {
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server.on('upgrade', ({ url = '' }, socket) => {
      socket.write(
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n' +
          'Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      );
      // The request's own body comes first.
      if (url.includes('/exec/'))
        socket.on('data', (data: Buffer) => (this.typed += data.toString().replace(/^\{.*?\}/, '')));
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return new Docker({ host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port });
  }

  /** Stops answering, and resets all connections, or closes them as the end of a killed process does. */
  stop(how: 'reset' | 'end' = 'reset'): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  /** Ends the container, with what else the engine has to say of it. */
  endContainer(exitCode: number, ...events: string[]): void {
    this.#waiting!.end(JSON.stringify({ StatusCode: exitCode }));
    for (const event of [...events, 'die']) this.#tell(event);
  }

  #tell(Action: string): void {
    if (this.#wantedEvents.includes(Action))
      this.#events!.write(`${JSON.stringify({ Type: 'container', Action, id: 'one' })}\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    return Promise.resolve();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '' } = request;
    if (url.includes('/containers/create')) void json(request).then((asked) => this.created.push(asked));
    response.setHeader('content-type', 'application/json');
    if (url.includes('/resize'))
      return void this.resizes.push({ size: url.split('?')[1]!, answer: () => void response.end() });
    if (url.includes('/events')) {
      this.#events = response.once('close', () => (this.isHeard = false));
      this.isHeard = true;
      const { filters } = Object.fromEntries(new URL(url, 'http://engine').searchParams) as { filters: string };
      this.#wantedEvents = (JSON.parse(filters) as { event: string[] }).event;
    }
    if (method === 'DELETE') this.#tell('destroy');
    if (url.includes('/wait')) this.#waiting = response; // it runs
    if (url.includes('/events') || url.includes('/wait')) return response.flushHeaders();
    if (url.endsWith('/start')) return void response.writeHead(this.isFull ? 500 : 204).end();
    if (url.endsWith('/json'))
      return void response.end(JSON.stringify({ State: { Pid: 0 }, NetworkSettings: { Ports: {} } }));
    response.writeHead(method === 'POST' ? 201 : 404).end(JSON.stringify({ Id: 'one' }));
  }
}

async function runnerWith(engine: Engine, folder: string): Promise<TaskRunner> {
  return runnerOn(await engine.listen(), { folder: RunFolder.create(folder), image: 'node', record: () => undefined });
}

function planIn(folder: string): ContainerPlan {
  const program = { module: '/program.mjs', args: [], folders: [] };
  return { name: 'task', folder, program, environment: {}, mounts: [], ports: [] };
}

for (const [how, end] of [
  ['resets its connections', 'reset'],
  ['is killed', 'end'],
] as const)
  test(`an engine that ${how} ends its containers, is logged in one sentence, and rejects no unawaited promise`, async ({
    root,
  }, testInfo) => {
    await using engine = new Engine();
    const runner = await runnerWith(engine, root.path);
    const plan = planIn(testInfo.outputPath('task'));
    const running = await runner.start(plan);
    const derived = running.ended.then((exitCode) => `it ended with ${exitCode}`);
    const command = running.execute(['true']);

    engine.stop(end);

    expect(await derived).toBe('it ended with 137');
    expect(running.log).toMatch(
      /^The Docker engine does not answer any more \(.+\): see whether it still runs, and start the tests again\.$/m,
    );
    running.signal('SIGKILL');
    expect(await command.ended).toBe(127);
    await expect(runner.start(plan)).rejects.toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message: expect.stringMatching(
          /^The Docker engine does not answer any more \(connect ECONNREFUSED .+\): see whether it still runs, and start the tests again\.$/,
        ),
      }),
    );
  });

test("a container gets its task's memory and CPU", async ({ root }, testInfo) => {
  await using engine = new Engine();
  const runner = await runnerWith(engine, root.path);
  await runner.start({
    ...planIn(testInfo.outputPath('task')),
    limits: { memory: 128 * 1024 * 1024, cpu: 0.25 },
  });
  expect(engine.created).toMatchObject([
    { HostConfig: { Memory: 134_217_728, MemorySwap: 134_217_728, NanoCpus: 250_000_000 } },
  ]);
});

test('a container that the engine ends for its use of memory says so', async ({ root }, testInfo) => {
  await using engine = new Engine();
  const runner = await runnerWith(engine, root.path);
  for (const [events, reason] of [
    [['oom'], 'OutOfMemoryError: Container killed due to memory usage'],
    [[], undefined],
  ] as const) {
    const running = await runner.start(planIn(testInfo.outputPath('task')));
    engine.endContainer(137, ...events);
    expect(await running.ended).toBe(137);
    expect(running.reason).toBe(reason);
  }
});

test('a container that cannot be started is listened to no longer', async ({ root }, testInfo) => {
  await using engine = new Engine();
  engine.isFull = true;
  const runner = await runnerWith(engine, root.path);
  await expect(runner.start(planIn(testInfo.outputPath('task')))).rejects.toThrow('HTTP code 500');
  await expect.poll(() => engine.isHeard).toBe(false);
});

test('what is typed in a terminal comes after the size that it was given before', async ({ root }, testInfo) => {
  await using engine = new Engine();
  const running = await (await runnerWith(engine, root.path)).start(planIn(testInfo.outputPath('task')));
  const terminal = running.executeInTerminal(['sh'], { columns: 80, rows: 24 });
  terminal.write(Buffer.from('one '));
  terminal.resize({ columns: 1000, rows: 100 });
  terminal.write(Buffer.from('two'));
  for (const [size, before, after] of [
    ['w=80&h=24', '', 'one '],
    ['w=1000&h=100', 'one ', 'one two'],
  ]) {
    await expect.poll(() => engine.resizes.at(-1)?.size).toBe(size);
    await running.stats(); // meanwhile what was typed too early would have come
    expect(engine.typed).toBe(before);
    engine.resizes.at(-1)!.answer();
    await expect.poll(() => engine.typed).toBe(after);
  }
});
