import { expect, test } from '../../../fixtures/index.ts';
import { ClonePool } from './clones.ts';
import { connectionOptions } from './connection.ts';
import { postgresParts } from './index.ts';
import { Inventory } from './inventory.ts';
import { Maintenance } from './maintenance.ts';
import { workerOwner } from './names.ts';
import { TestRole } from './test-role.ts';
import { Session } from './session.ts';
import { findTemplate } from './template.ts';

const run = '0c10e5aa';

// Its session may have begun under settings that are outdated, such as those of the role.
test('a clone under way when the pool is emptied is dropped', async ({ _postgresServer: server }, { workerIndex }) => {
  await using maintenance = new Maintenance(server, workerOwner(run, workerIndex));
  const inventory = new Inventory(maintenance, 6, () => undefined);
  const made: string[] = [];
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const open = async (name: string): Promise<Session> => {
    const session = await Session.open(connectionOptions(server, server.testRole, name));
    if (made.push(name) === 2) await held;
    return session;
  };
  const template = await findTemplate(
    maintenance,
    run,
    { schema: 'basic', dataset: 'minimal', resettable: false },
    postgresParts,
    await TestRole.open(maintenance),
  );
  const pool = new ClonePool(template, inventory, open, postgresParts.cloneChoice);

  const first = await pool.acquire(); // starts making the second one ahead
  await expect.poll(() => made.length).toBe(2);
  pool.empty();
  letGo();
  await pool.settle();
  const next = await pool.acquire();
  expect(made.indexOf(next.name), 'the place of what comes next among those made').toBeGreaterThan(1);

  for (const { name, session } of [first, next]) inventory.discard(name, session.close());
  await pool.close();
  await inventory.close();
});
