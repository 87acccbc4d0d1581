import fc from 'fast-check';
import { expect, test } from '../../fixtures/index.ts';
import { request as send } from '../../helpers/clients/index.ts';
import { operationsOf, requestArbitrary, responseChecker } from '../../helpers/lib/openapi/index.ts';
import { templates } from '../../helpers/platform/experiments/pipelines/index.ts';

const runs = 500;
const operations = [
  'health',
  'login',
  'removeTenant',
  'listPipelines',
  'createExperiment',
  'listExperiments',
  'getExperiment',
  'changeState',
  'simulateLoad',
  'changePipeline',
  'listDeployments',
  'getConfigurations',
  'getMetrics',
];

test('the OpenAPI document names every operation', async ({ platform }) => {
  const document = (await send(platform.url, '/api/v1/openapi.json')).body as object;
  expect(
    operationsOf(document)
      .map(({ operationId }) => operationId)
      .toSorted(),
  ).toEqual(operations.toSorted());
});

for (const operationId of operations) {
  test(
    `${operationId}: every answer matches the OpenAPI document`,
    { tag: '@long' },
    async ({ platform, createTenant }) => {
      test.setTimeout(120_000);
      const document = (await send(platform.url, '/api/v1/openapi.json')).body as object;
      const check = responseChecker(document);
      const operation = operationsOf(document).find((one) => one.operationId === operationId)!;
      const [tenant, other] = [createTenant(), createTenant('other')];
      const ids = await Promise.all(
        [tenant, tenant, other].map(
          async ({ experiments }) => (await experiments.create({ config: { duration: '30m', process_count: 1 } })).id,
        ),
      );
      const pipelines = templates.map(({ id }) => id);
      const statuses = new Map<number, number>();

      await fc.assert(
        fc.asyncProperty(
          requestArbitrary(operation, {
            authorization: `Bearer ${tenant.token}`,
            examples: {
              id: ids,
              tenant_id: [other.id, 'nobody'],
              baseline_pipeline: pipelines,
              candidate_pipeline: pipelines,
              duration: ['30m', '24h', '100ms'],
            },
          }),
          async ({ url, ...init }) => {
            const response = await fetch(new URL(url, platform.url), init);
            statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
            expect(response.status, 'of a platform that has everything it needs').not.toBe(503);
            expect(
              check(operation, response.status, response.headers.get('content-type'), await response.text()),
            ).toBeUndefined();
          },
        ),
        { numRuns: runs, seed: test.info().repeatEachIndex + 1 },
      );
      test.info().annotations.push({
        type: 'answers',
        description: [...statuses]
          .toSorted(([a], [b]) => a - b)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
      });
    },
  );
}
