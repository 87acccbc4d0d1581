import { Logger, run, type Runner, runMigrations, type Task } from 'graphile-worker';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { type Contender, contender, mostClients, waiting } from './measure-turns.ts';

const payload = { step: 1 };

/** A job that sends the next one, by pg-boss. Each client takes one job at a time. */
export async function pgBossContender(url: string): Promise<Contender> {
  const queue = 'turns';
  const boss = new PgBoss({ connectionString: url, schema: 'bench_pgboss', max: mostClients, supervise: false });
  await boss.start();
  await boss.createQueue(queue);
  for (let job = 0; job < waiting; job++) await boss.send(queue, payload);
  const turn = async (): Promise<void> => {
    const [job] = await boss.fetch(queue);
    await boss.send(queue, payload);
    await boss.complete(queue, job!.id);
  };
  return contender('pgboss', '  pg-boss', Array(mostClients).fill(turn), () =>
    boss.stop({ graceful: false, wait: true }),
  );
}

/**
 * The same by graphile-worker, whose workers start jobs themselves. They are held at a gate until the measurement
 * begins, and a turn's time is the time from a worker's job to its next one.
 */
export async function graphileContender(url: string): Promise<Contender> {
  const pool = new pg.Pool({ connectionString: url, max: mostClients + 2 });
  pool.on('error', () => {}); // the bench fails with its own error
  pool.on('connect', (client) => client.on('error', () => {}));
  const options = { pgPool: pool, schema: 'bench_graphile', logger: new Logger(() => () => {}) };
  await runMigrations(options);
  await pool.query(`SELECT bench_graphile.add_job('turn', '{"step":1}') FROM generate_series(1, ${waiting})`);
  const times = new Map<number, number[]>();
  return {
    key: 'graphile',
    label: '  graphile-worker',
    lanes(clients, turns) {
      const taken = times.get(clients) ?? [];
      times.set(clients, taken);
      let runner: Runner;
      let gate: Gate;
      let end: Gate;
      let left = 0;
      const started = new Map<string, number>();
      const task: Task = async (_, { addJob, job }) => {
        await gate.opened;
        const before = started.get(job.locked_by!);
        if (before !== undefined && left > 0) taken.push(performance.now() - before);
        started.set(job.locked_by!, performance.now());
        await addJob('turn', payload);
        if (--left === 0) end.open();
      };
      return [
        {
          async prepare() {
            gate = new Gate();
            end = new Gate();
            started.clear();
            left = turns;
            runner = await run({ ...options, concurrency: clients, noHandleSignals: true, taskList: { turn: task } });
          },
          async run() {
            gate.open();
            await end.opened;
          },
          tidy: () => runner.stop(),
        },
      ];
    },
    times: (clients) => times.get(clients)!,
    close: () => pool.end(),
  };
}

/** A promise that waits until it is opened. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
