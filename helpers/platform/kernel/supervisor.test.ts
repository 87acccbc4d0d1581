import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../run/processes/index.ts';
import { expect, test as base } from '../../testing/index.ts';
import { Supervisor } from './supervisor.ts';

interface ProcessFixture {
  /** Supervises a process for each of these programs, by name. */
  supervise(
    programs: Readonly<Record<string, string>>,
    peers?: Readonly<Record<string, readonly string[]>>,
  ): Supervisor;
  /** Creates the file without which the waiting programs do not start. */
  allow(): void;
  /** The id of the process that has worked since the last call. */
  atWork(): number | undefined;
}

/** The common beginning of the programs. */
const frame = `
  const { existsSync, writeFileSync } = require('node:fs');
  process.once('disconnect', () => process.exit());
  const isAllowed = () => existsSync(__dirname + '/allowed');
  const ready = () => {
    setInterval(() => writeFileSync(__dirname + '/at-work', String(process.pid)), 5);
    process.send({ ready: { port: 80 } });
  };
`;
const obedient = `process.once('message', ready);`;
const patient = `const look = setInterval(() => isAllowed() && (clearInterval(look), ready()), 5);`;
const broken = `process.once('message', () => isAllowed() ? ready() : process.send({ failed: 'Error: a part is missing' }));`;
const sentence = `The platform's broken does not start (Error: a part is missing): see its log.`;

const test = base.extend<{ workshop: ProcessFixture }>({
  workshop: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('programs');
    const [allowed, atWork] = [path.join(folder, 'allowed'), path.join(folder, 'at-work')];
    mkdirSync(folder, { recursive: true });
    const supervisors: Supervisor[] = [];
    await use({
      supervise(programs, peers = {}) {
        for (const [name, text] of Object.entries(programs))
          writeFileSync(path.join(folder, `${name}.cjs`), frame + text);
        const plans = Object.keys(programs).map((name) => ({ name, entry: name, peers: peers[name] ?? [] }));
        supervisors.push(
          new Supervisor(plans, {
            code: folder,
            mark: folder,
            record: () => undefined,
            configuration: () => Promise.resolve({}),
          }),
        );
        return supervisors.at(-1)!;
      },
      allow: () => writeFileSync(allowed, ''),
      atWork() {
        if (!existsSync(atWork)) return undefined;
        const pid = Number(readFileSync(atWork, 'utf8'));
        rmSync(atWork);
        return pid;
      },
    });
    for (const supervisor of supervisors) await supervisor[Symbol.asyncDispose]();
  },
});

test('a process killed before it is ready is restarted, however often', async ({ workshop }) => {
  const supervised = workshop.supervise({ patient }).process('patient');
  const started = supervised.start();
  for (let kills = 1; kills <= 6; kills++) {
    void supervised.kill();
    await expect.poll(() => supervised.starts, `starts after ${kills} kills`).toBe(kills + 1);
  }
  workshop.allow();
  await started;
  await supervised.ready();
  await expect.poll(() => workshop.atWork()).toBe(supervised.pid);
  expect(supervised.starts).toBe(7);
});

test('a process that does not start is given up, its waiters get the error, and it can be started again', async ({
  workshop,
}) => {
  const supervisor = workshop.supervise({ broken });
  const supervised = supervisor.process('broken');
  await expect(supervised.start()).rejects.toThrow(sentence);
  await expect(supervised.ready()).rejects.toThrow(sentence);
  expect(supervised.starts).toBe(5);
  await expect(supervisor.start()).rejects.toThrow(sentence);
  expect(supervised.starts).toBe(10);

  workshop.allow();
  await supervisor.start();
  await supervised.ready();
  await expect.poll(() => workshop.atWork()).toBe(supervised.pid);
  expect(supervised.starts).toBe(11);
});

test('a process whose dependency does not start is not started and reports why', async ({ workshop }) => {
  const supervisor = workshop.supervise({ broken, obedient }, { obedient: ['broken'] });
  await expect(supervisor.start()).rejects.toThrow(sentence);
  await expect(supervisor.process('obedient').ready()).rejects.toThrow(
    `The platform's obedient does not start (${sentence}): see its log.`,
  );
});

for (const end of ['kill', 'stop'] as const) {
  test(`${end} ends a frozen process, and its replacement is not frozen`, async ({ workshop }) => {
    const supervised = workshop.supervise({ obedient }).process('obedient');
    await supervised.start();
    const { pid } = supervised;
    supervised.freeze();
    await supervised[end]();
    await supervised.start();
    expect(isAlive(pid!)).toBe(false);
    await expect.poll(() => workshop.atWork()).toBe(supervised.pid);
  });
}

test('a process stopped while it starts stays stopped', async ({ workshop }) => {
  const supervised = workshop.supervise({ patient }).process('patient');
  const started = supervised.start();
  await supervised.stop();
  await started;
  workshop.allow();
  await expect.poll(() => supervised.pid).toBeUndefined();
  expect(supervised.starts).toBe(1);

  await supervised.start();
  await expect.poll(() => workshop.atWork()).toBe(supervised.pid);
});
