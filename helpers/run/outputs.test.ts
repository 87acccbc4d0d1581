import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkOutputs } from './outputs.ts';
import { expect, test } from '../testing/index.ts';

test("files left by another user's run are reported with the command that removes them", ({ root }) => {
  const [results, report, missing] = ['results', 'report', 'missing'].map((name) => path.join(root.path, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [results, report]) mkdirSync(folder);
  writeFileSync(path.join(report, 'index.html'), '');
  chmodSync(results, 0o777);
  chmodSync(report, 0o777);
  chmodSync(path.join(report, 'index.html'), 0o644);

  const [ourselves, another] = [process.getuid!(), process.getuid!() + 1];
  expect(() => checkOutputs([results, report, missing], another)).toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: `A run of another user has left files that this one cannot replace: remove them, by sudo rm -rf ${report}`,
    }),
  );
  expect(() => checkOutputs([results, missing], another)).not.toThrow();
  for (const user of [ourselves, 0]) expect(() => checkOutputs([results, report], user)).not.toThrow();
});
