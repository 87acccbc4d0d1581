import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { summarySchema } from './index.ts';

// After an intended change: npx playwright test --project=self summary/schema --update-snapshots
test('the published JSON Schema matches the summary', () => {
  const schema = { title: 'Cost and performance of a run', ...z.toJSONSchema(summarySchema) };
  expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchSnapshot('summary-schema.json');
});
