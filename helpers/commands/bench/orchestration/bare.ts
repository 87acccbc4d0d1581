import pg from 'pg';
import { type Contender, contender, mostClients, type Turn, waiting } from './measure-turns.ts';

/** What a turn changes, and nothing else: the lock of the instance, and its messages. */
const schema = `
  CREATE TABLE bare_instances (
    instance text PRIMARY KEY, available_at timestamptz NOT NULL, token text
  ) WITH (fillfactor = 70);
  CREATE INDEX ON bare_instances (available_at);
  CREATE INDEX ON bare_instances (token) WHERE token IS NOT NULL;
  CREATE TABLE bare_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, instance text NOT NULL, body text NOT NULL,
    attempts integer NOT NULL DEFAULT 0, token text
  );
  CREATE INDEX ON bare_messages (instance);
  INSERT INTO bare_instances SELECT 'instance-' || n, now() FROM generate_series(1, ${waiting}) n;
  INSERT INTO bare_messages (instance, body) SELECT instance, '{"step":1}' FROM bare_instances;`;

/** Two statements, since a message that came while the row was waited for is seen only by the second. */
const fetch = (token: string): string => `
  UPDATE bare_instances SET token = '${token}', available_at = now() + interval '30 s' WHERE instance = (
    SELECT instance FROM bare_instances WHERE available_at <= now() ORDER BY available_at LIMIT 1
    FOR UPDATE SKIP LOCKED
  );
  UPDATE bare_messages SET token = '${token}', attempts = attempts + 1
    WHERE instance = (SELECT instance FROM bare_instances WHERE token = '${token}') RETURNING instance, body`;

const ack = `
  WITH gone AS (DELETE FROM bare_messages WHERE instance = $1 AND token = $2),
    next AS (INSERT INTO bare_messages (instance, body) VALUES ($1, $3))
  UPDATE bare_instances SET token = NULL, available_at = now() WHERE instance = $1 AND token = $2`;

/** The lower bound for a turn in PostgreSQL: two transactions of plain SQL, one round trip each, that check nothing. */
export async function bareContender(url: string): Promise<Contender> {
  const clients = await Promise.all(
    Array.from({ length: mostClients }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    }),
  );
  await clients[0]!.query(schema);
  return contender('bare', '  two bare transactions', clients.map(bareTurn), async () => {
    for (const client of clients) await client.end();
  });
}

function bareTurn(client: pg.Client, number: number): Turn {
  let turns = 0;
  return async () => {
    const token = `${number}-${turns++}`;
    const results = (await client.query(fetch(token))) as unknown as pg.QueryResult<{
      instance: string;
      body: string;
    }>[];
    const { instance, body } = results[1]!.rows[0]!;
    await client.query({ name: 'ack', text: ack, values: [instance, token, body] });
  };
}
