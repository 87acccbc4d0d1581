import { expect, test } from '../../../../fixtures/index.ts';
import { Link } from '../../../run/network/index.ts';
import { Listener } from './listener.ts';

test('after a lost connection there is exactly one listener again', async ({ postgres }) => {
  const url = new URL(postgres.url);
  const { hostname: host, port } = url;
  let attempts = 0;
  await using link = await Link.open(() => {
    attempts++;
    return { host, port: Number(port) };
  });
  url.host = `${link.host}:${link.port}`;
  const heard: (string | undefined)[] = [];
  const listener = new Listener(url.href, ['events'], (payload) => void heard.push(payload));
  await listener.open();

  link.cut();
  await expect.poll(() => attempts, 'attempts to connect').toBeGreaterThan(6);
  link.mend();
  await expect.poll(() => heard, 'looks, one after each connection').toHaveLength(2);
  await postgres.query(`NOTIFY events, 'hello'`);
  await expect.poll(() => heard).toContain('hello');
  expect(heard.filter((payload) => payload === 'hello')).toHaveLength(1);
  const listening = await postgres.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'platform listener'`,
  );
  expect(listening, 'connections that listen').toHaveLength(1);
  await listener.close();
});
