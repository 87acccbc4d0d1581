import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../../fixtures/index.ts';
import { managerSweep } from './sweep-own.ts';
import { workspace } from './provider-workspace.ts';

const named = (name: string) => ({ id: randomUUID(), tenant: 'ana', name, provider: 'probe' });

test('names that look alike have folders of their own, and none begins as another does', () => {
  const deployments = ['a.b', 'a_b', 'a/../b', '..', '', 'dep-1', 'dep-10', 'a'.repeat(100), 'ä'].map(named);
  const names = deployments.map((one) => workspace.nameOf(one));
  for (const [index, name] of names.entries()) {
    expect(path.dirname(workspace.pathOf('/root', deployments[index]!))).toBe('/root/workspaces');
    expect(name.length).toBeLessThan(100);
    expect(names.filter((other) => other.startsWith(name))).toEqual([name]);
  }
});

test('a sweep removes sockets and the folders of deployments that are gone, and a neighbour keeps its own', () => {
  const run = test.info().outputPath('run');
  const [own, neighbour] = ['d0', 'd1'].map((name) => ({
    run,
    recordPrefix: `${name}-`,
    root: path.join(run, name),
  }));
  mkdirSync(path.join(run, 'processes'), { recursive: true });
  const [kept, gone] = [named('kept'), named('gone')];
  const folders = [own!, neighbour!].map(({ root }) => ({
    kept: workspace.create(root, kept),
    gone: workspace.create(root, gone),
    sockets: workspace.createSockets(root, kept),
  }));
  for (const { gone: folder } of folders) writeFileSync(path.join(folder, 'file'), '');

  managerSweep.sockets(own!);
  managerSweep.workspaces(own!, [kept], workspace);
  const exist = folders.map((each) => Object.values(each).map((folder) => existsSync(folder)));
  expect(exist).toEqual([
    [true, false, false],
    [true, true, true],
  ]);
});
