import { fileURLToPath } from 'node:url';
import { expect, imports, test } from '../../testing/index.ts';

const consistency = JSON.stringify(
  fileURLToPath(new URL('../../../specs/experiments/consistency.spec.ts', import.meta.url)),
);
const elsewhere = 'The platform is deployed elsewhere: its processes and databases cannot be reached from here.';

test('specs run against a platform that is deployed elsewhere, and what they cannot see there is skipped and said', async ({
  platform,
  runInlineTest,
}) => {
  const { tests, errors, output } = await runInlineTest(
    {
      'a.spec.ts': `import ${consistency};\n`,
      'b.spec.ts': `${imports}
      test('under load', async ({ createTenant, load }) => {
        expect(await load.create(createTenant(), { clients: 2, requests: 20 })).toMatchObject({ requests: 20, errors: 0 });
      });
    `,
    },
    { env: { TARGET: 'remote', TEST_PLATFORM_URL: platform.url, TEST_PLATFORM_SECRET: platform.secret } },
  );
  expect(errors).toEqual([]);
  const found = (wanted: string) => tests.find(({ title }) => title === wanted);
  expect(found('of a thousand creates at once, every one is there, once')).toMatchObject({
    status: 'passed',
    errors: [],
    annotations: { 'skipped step': `the database has exactly these as well: ${elsewhere}` },
  });
  expect(found('of twenty creates for one node at once, one wins and the others are told so')).toMatchObject({
    status: 'passed',
    errors: [],
  });
  expect(found('an experiment that is created while its tenant is being removed is as good as any')).toMatchObject({
    status: 'skipped',
    annotations: { skip: elsewhere },
  });
  expect(found('under load')).toMatchObject({ status: 'passed', errors: [] });
  expect(output, 'the histogram of the load').toMatch(/ p95 +\d+\.\d ms █/);
});
