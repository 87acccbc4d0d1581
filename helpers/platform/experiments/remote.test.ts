import { fileURLToPath } from 'node:url';
import { expect, imports, test } from '../../testing/index.ts';

const consistency = JSON.stringify(
  fileURLToPath(new URL('../../../specs/experiments/consistency.spec.ts', import.meta.url)),
);
const elsewhere = 'The platform is deployed elsewhere: its processes and databases cannot be reached from here.';

test('specs run against a deployed platform and skip what they cannot see there', async ({
  platform,
  runInlineTest,
}) => {
  const { tests, errors, output } = await runInlineTest(
    {
      'a.spec.ts': `import ${consistency};\n`,
      'b.spec.ts': `${imports}
      test('under load', async ({ createTenant, load }) => {
        const result = await load.create(createTenant(), { clients: 2, requests: 20 });
        expect(result).toMatchObject({ requests: 20, errors: 0 });
      });
    `,
    },
    { env: { TARGET: 'remote', TEST_PLATFORM_URL: platform.url, TEST_PLATFORM_SECRET: platform.secret } },
  );
  expect(errors).toEqual([]);
  const found = (wanted: string) => tests.find(({ title }) => title === wanted);
  expect(found('a thousand concurrent creates make exactly a thousand experiments')).toMatchObject({
    status: 'passed',
    errors: [],
    annotations: { 'skipped step': `the database has exactly these as well: ${elsewhere}` },
  });
  expect(
    found('of twenty concurrent creates on one node, one succeeds and nineteen get the conflict error'),
  ).toMatchObject({
    status: 'passed',
    errors: [],
  });
  expect(found("an experiment created during its tenant's removal completes")).toMatchObject({
    status: 'skipped',
    annotations: { skip: elsewhere },
  });
  expect(found('under load')).toMatchObject({ status: 'passed', errors: [] });
  expect(output, 'the histogram of the load').toMatch(/ p95 +\d+\.\d ms █/);
});
