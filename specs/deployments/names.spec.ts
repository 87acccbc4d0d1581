import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../fixtures/index.ts';

test('deployments whose names look alike have folders of their own', async ({ createDeployment, deployments }) => {
  const names = ['a.b', 'a_b', 'a b', 'a/../b', 'b', 'B', '..', '../..', 'a/b', '/', 'ä', 'a'.repeat(100), 'b'];
  const created = [];
  for (const name of names) created.push(await createDeployment({ name }));
  const folders = created.map(({ workingDirectory }) => workingDirectory);
  expect(new Set(folders.map((folder) => folder.toLowerCase())).size, 'distinct folders').toBe(names.length);
  const parents = new Set(folders.map((folder) => path.dirname(path.resolve(folder))));
  expect([...parents]).toEqual([path.join(deployments.root, 'workspaces')]);
});

test('the deletion of dep-1 leaves dep-10 its folder, its process and its resources', async ({
  createDeployment,
  providers,
}) => {
  const [one, ten] = [await createDeployment({ name: 'dep-1' }), await createDeployment({ name: 'dep-10' })];
  await Promise.all([one.apply().result, ten.apply().result]);
  const file = path.join(ten.workingDirectory, 'of dep-10');
  writeFileSync(file, '');
  await one.destroy();
  expect(existsSync(one.workingDirectory)).toBe(false);
  expect(existsSync(file)).toBe(true);
  expect(providers.of(ten)).toMatchObject([{ pid: ten.pid }]);
  expect((await ten.plan()).changes).toMatchObject([{ action: 'none' }]);
});
