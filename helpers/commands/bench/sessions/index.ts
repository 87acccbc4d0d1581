import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import type { Bench } from '../bench.ts';
import type { Report } from '../report.ts';
import { median, ratio } from '../statistics.ts';
import { startByHand } from './by-hand.ts';
import { type MailUser, MailUsers, withSessionPlatform } from './mail-users.ts';

const rounds = 5;
const calls = 2_000;
/** Concurrent calls. */
const callers = 10;

/** From an email to a page: cold, warm, and with several sessions at once; and the control plane alone. */
export const benchSessions: Bench = (configuration, report) =>
  withSessionPlatform(configuration, async (platform) => {
    const users = new MailUsers(platform);
    await compare(users, report);
    await grow(users, report);
    const { endpoint, region, credentials, cluster, service } = { ...platform.cloud, ...platform };
    report.table(
      'The control plane',
      ['', 'a second'],
      [
        [
          'DescribeServices',
          (await callsPerSecond(report, new ECSClient({ endpoint, region, credentials }), cluster, service)).toFixed(0),
        ],
      ],
    );
  });

/** In turn, so that changes of the machine's speed affect all of them alike. */
async function compare(users: MailUsers, report: Report): Promise<void> {
  const [cold, warm, byHand]: [number[], number[], number[]] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const [guest] = await users.invite(1);
    const times = [await guest!.ask(), await guest!.ask(), await startByHand()];
    await users.seeOff();
    if (round >= 0) for (const [place, series] of [cold, warm, byHand].entries()) series.push(times[place]!);
  }
  report.table(
    'From an email to its page, milliseconds',
    ['', 'median', 'goal'],
    [
      ['nothing runs', median(cold).toFixed(0), report.figure('cold_ms', median(cold), { atMost: 4_000 })],
      ['its container runs', median(warm).toFixed(0), report.figure('warm_ms', median(warm), { atMost: 1_000 })],
      [
        '  Vite started by hand, without mail, session and container',
        median(byHand).toFixed(0),
        report.ratio('cold_vs_by_hand', ratio(byHand, cold)),
      ],
    ],
  );
}

async function grow(users: MailUsers, report: Report): Promise<void> {
  const rows: string[][] = [];
  for (const count of [1, 2, 4, 8]) {
    const invited = await users.invite(count);
    const atOnce = async (): Promise<number> =>
      median(await Promise.all(invited.map((guest: MailUser) => guest.ask())));
    const [cold, warm] = [await atOnce(), await atOnce()];
    await users.seeOff();
    report.figure(`cold_ms_${count}_sessions`, cold);
    report.figure(`warm_ms_${count}_sessions`, warm);
    rows.push([`${count} at once`, cold.toFixed(0), warm.toFixed(0)]);
  }
  report.table('More sessions', ['', 'cold ms', 'warm ms'], rows);
}

async function callsPerSecond(report: Report, ecs: ECSClient, cluster: string, service: string): Promise<number> {
  const describe = async (amount: number): Promise<void> => {
    for (let call = 0; call < amount; call++)
      await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  };
  await describe(200); // warms both up
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, () => describe(calls / callers)));
  const perSecond = (calls / (performance.now() - start)) * 1000;
  ecs.destroy();
  report.figure('calls_per_s', perSecond);
  return perSecond;
}
