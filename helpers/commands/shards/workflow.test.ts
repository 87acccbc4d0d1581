import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { parse } from 'yaml';

interface Job {
  readonly needs?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = parse(
  readFileSync(new URL('../../../.github/workflows/test.yml', import.meta.url), 'utf8'),
) as Workflow;
const scripts = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  }
).scripts;
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

test('jobs depend on existing jobs and have time limits', () => {
  for (const [name, { needs = [], 'timeout-minutes': minutes }] of Object.entries(workflow.jobs)) {
    expect(Object.keys(workflow.jobs), name).toEqual(expect.arrayContaining([needs].flat()));
    expect(minutes, name).toBeGreaterThan(0);
  }
});

test('the workflow has read permission only', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

test('actions use one major version each, and commands exist in package.json', () => {
  const actions = [...new Set(steps.flatMap(({ uses }) => uses ?? []))];
  expect(actions.filter((action) => !/^actions\/[a-z/-]+@v\d+$/.test(action))).toEqual([]);
  expect(new Set(actions.map((action) => action.replace(/@.*/, ''))).size).toBe(actions.length);
  const commands = steps.flatMap(({ run }) => /^npm run (\S+)/.exec(run ?? '')?.[1] ?? []);
  expect(commands.filter((command) => !Object.hasOwn(scripts, command))).toEqual([]);
});
