import path from 'node:path';

// Playwright as it comes, with the reporters that a user would look at: nothing of this project.
const { BENCH_FOLDER: folder = '', BENCH_TESTS: tests } = process.env;

export default {
  testDir: tests,
  outputDir: path.join(folder, 'results'),
  fullyParallel: true,
  reporter: [['list'], ['html', { open: 'never' }]],
};
