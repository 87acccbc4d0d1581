import { defineConfig } from '@playwright/test';

// What makes one report of the shards' blobs: `npx playwright merge-reports -c merge.config.ts blob-report`, which
// `npm run shards` and the workflow do. A reporter's own files that lie beside the blobs are left alone.
export default defineConfig({
  reporter: [
    ['./reporters/balanced-shards/merged.ts'],
    ['./reporters/cost-performance/index.ts', { merge: 'blob-report' }],
    ['dot'],
    ['html', { open: 'never' }],
  ],
});
