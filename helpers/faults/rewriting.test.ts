import type { ClickHouseClient } from '@clickhouse/client';
import type pg from 'pg';
import { metricsStore } from '../platform/experiments/metrics/store.ts';
import { eventLog } from '../platform/experiments/store/events.ts';
import { experimentReader } from '../platform/experiments/store/experiment-reader.ts';
import { entrance } from '../platform/sessions/router/preview-access.ts';
import { inPlaceReset } from '../stores/postgres/reset/in-place.ts';
import { expect, test } from '../testing/index.ts';
import { type Area, type Areas, type Fault, replaced } from './fault.ts';
import { faults } from './index.ts';

type Parts = Areas[Area];
/** What a part says to a database, which ends the call. */
type Ask = (parts: Parts, database: never) => Promise<unknown>;

const parts = { experimentReader, eventLog, metricsStore, inPlaceReset } as unknown as Parts;
const selection = { tenant: 'ana', experiment: '00000000-0000-0000-0000-000000000000' };

const asking: Readonly<Record<string, Ask>> = {
  listShowsEveryTenant: (faulty, db: pg.Pool) => part(faulty, experimentReader, 'experimentReader').list(db, 'ana', {}),
  eventsGoToEveryTenant: (faulty, db: pg.Pool) => part(faulty, eventLog, 'eventLog').read(db, 'ana', 0, 1),
  metricsOfOtherExperimentsAreMixedIn: (faulty, db: ClickHouseClient) =>
    part(faulty, metricsStore, 'metricsStore').summarize(db, selection),
  scrapesCountTwice: (faulty, db: ClickHouseClient) =>
    part(faulty, metricsStore, 'metricsStore').kpis(db, selection, []),
  resetLetsOpenTransactionsLive: (faulty, db: pg.Client) =>
    part(faulty, inPlaceReset, 'inPlaceReset').inspect(db, [], { lsn: '0/0', xid: '1' }),
};

for (const [name, ask] of Object.entries(asking)) {
  test(`${name} rewrites what its part says to the database`, async () => {
    const fault = faults.get(name) as unknown as Fault;
    const [said, faulty] = [await saidBy(ask, parts), await saidBy(ask, fault.inject(parts))];
    expect(faulty).not.toBe(said);
  });
}

test('cookiesAreForEverySession rewrites the path of the cookie', () => {
  const fault = faults.get('cookiesAreForEverySession') as unknown as Fault<'sessions'>;
  const faulty = fault.inject({ entrance });
  expect(faulty.entrance.cookieFor({ id: 'one', key: 'secret' }, { headers: {} })).toContain('; Path=/;');
});

test('a fault with nothing to rewrite says so', () => {
  expect(replaced('a, b, a', 'a', 'c')).toBe('c, b, c');
  expect(() => replaced('SELECT 1', 'WHERE', 'HAVING')).toThrow('The fault finds no "WHERE" to replace in: SELECT 1');
});

function part<Part>(all: Parts, _like: Part, name: string): Part {
  return (all as unknown as Record<string, Part>)[name]!;
}

/** The first query that a call makes. */
async function saidBy(ask: Ask, composed: Parts): Promise<string> {
  let said = '';
  const recorded = new Error('recorded');
  const query = (asked: string | { readonly text?: string; readonly query?: string }): Promise<never> => {
    said = typeof asked === 'string' ? asked : (asked.text ?? asked.query!);
    return Promise.reject(recorded);
  };
  await expect(ask(composed, { query } as never)).rejects.toBe(recorded);
  return said;
}
