import { expect, test } from '../../fixtures/index.ts';

for (const { count, tag } of [
  { count: 16, tag: '@short' },
  { count: 50, tag: '@long' },
]) {
  test(
    `${count} deployments at once are all applied, and none interferes with another`,
    { tag },
    async ({ createDeployment, providers }) => {
      test.setTimeout(120_000);
      const deployments = await Promise.all(
        Array.from({ length: count }, (_, index) => createDeployment({ config: { marker: `of ${index}` } })),
      );
      const applies = deployments.map((deployment) => deployment.apply({ hold: true }));
      await Promise.all(applies.map(({ started }) => started)); // so all are under way
      const processes = providers.all();
      for (const { release } of applies) release();
      const results = await Promise.all(applies.map(({ result }) => result));

      for (const [index, deployment] of deployments.entries()) {
        const { pid, workingDirectory: cwd } = deployment;
        const marker = `of ${index}`;
        const own = { pid, cwd, marker_at_start: marker, marker_at_end: marker, scratch_at_end: 'task' };
        expect(results[index]!['task'], deployment.name).toMatchObject({
          ...own,
          overlap: 1,
          configured: 1,
          applies: 1,
        });
        expect(deployment.last, deployment.name).toMatchObject({ status: 'applied', instance: { launches: 1 } });
        expect(deployment.files.ledger(), deployment.name).toMatchObject([{ name: 'task', marker, pid }]);
      }
      expect(new Set(deployments.map(({ pid }) => pid)).size, 'distinct processes').toBe(count);
      const seen = new Set(processes.map(({ pid }) => pid));
      expect(deployments.filter(({ pid }) => !seen.has(pid!))).toEqual([]);
      expect(new Set(processes.map(({ sockets }) => sockets)).size, 'distinct folders of sockets').toBe(
        processes.length,
      );
    },
  );
}
