import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { messageOf } from '../lib/environment.ts';
import { rootFolder } from '../lib/own-modules.ts';
import { installationOf, missingPackages, type PackageGroup, packageGroups } from '../lib/packages.ts';
import { findBrowser } from '../run/browser/index.ts';
import { configurationIn } from '../run/configuration/file.ts';
import { type Configuration, loadConfiguration } from '../run/configuration/index.ts';
import { roomNeeded, RunHost, type StartService } from '../run/index.ts';
import { checkSystem } from '../run/system.ts';
import {
  checkClickHouse,
  type ClickHouseConnection,
  clickhouseParts,
  startClickHouseServer,
} from '../stores/clickhouse/index.ts';
import { checkPostgres, type ServerConnection, startPostgresServer } from '../stores/postgres/index.ts';

/** What was found of one thing: what there is, or one sentence that says what is missing and how to mend it. */
interface Finding {
  readonly mark: '✓' | '✗' | '–';
  readonly what: string;
  readonly words: string;
}

/** Looks at everything that tests need, tries the servers, and prints what is here, what is missing, and the mend. */
export async function doctor(): Promise<void> {
  const print = ({ mark, what, words }: Finding): void => {
    process.stdout.write(`${mark} ${what.padEnd(16)}${words}\n`);
    if (mark === '✗') process.exitCode = 1;
  };
  print(node());
  print(playwright());
  const configuration = await found('configuration', () => {
    const read = loadConfiguration();
    return [`TARGET=${read.target}`, read];
  });
  print(configuration);
  if (configuration.value === undefined) return;
  const { value } = configuration;
  print(await found('system', () => [systemName(), checkSystem(value.target)]));
  for (const finding of await servers(value)) print(finding);
  print(await browser(value));
  print(config());
  for (const group of Object.keys(packageGroups) as PackageGroup[]) print(packagesOf(group, value));
}

type Tried<Value> = Finding & { readonly value?: Value };

/** What `look` says, or why it could not. */
async function found<Value>(
  what: string,
  look: () => readonly [words: string, value?: Value] | Promise<readonly [words: string, value?: Value]>,
): Promise<Tried<Value>> {
  try {
    const [words, value] = await look();
    return { mark: '✓', what, words, ...(value === undefined ? {} : { value }) };
  } catch (error) {
    return { mark: '✗', what, words: messageOf(error) };
  }
}

function node(): Finding {
  const { engines } = readPackage(rootFolder());
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew
    ? { mark: '✓', what: 'Node', words: process.versions.node }
    : { mark: '✗', what: 'Node', words: `${process.versions.node} is too old: install ${engines?.['node']}.` };
}

function playwright(): Finding {
  const what = 'Playwright';
  try {
    const file = createRequire(path.join(process.cwd(), 'x')).resolve('@playwright/test/package.json');
    return { mark: '✓', what, words: readPackage(path.dirname(file)).version };
  } catch {
    return { mark: '–', what, words: 'not installed: npm install --save-dev @playwright/test, unless you do without.' };
  }
}

function systemName(): string {
  return `${process.platform} on ${process.arch}`;
}

/** Local servers are started and asked; of others is said what a run would say before its first test. */
async function servers(configuration: Configuration): Promise<Finding[]> {
  const { target } = configuration;
  if (target !== 'local')
    return [
      await found('PostgreSQL', async () => [`${target}, as configured`, await checkPostgres(configuration)]),
      await found('ClickHouse', async () => [`${target}, as configured`, await checkClickHouse(configuration)]),
    ];
  const { rolePolicy, door } = clickhouseParts;
  const starters: Record<string, StartService> = {
    postgres: (folder) => startPostgresServer(configuration, { folder, workers: 1 }),
    clickhouse: (folder) => startClickHouseServer(configuration, { folder, workers: 1, rolePolicy, door }),
  };
  const opened = await found('run', async () => {
    const host = await RunHost.open(starters, configuration.folder, roomNeeded(1));
    return [`in ${path.dirname(host.folder.path)}`, host];
  });
  if (opened.value === undefined) return [opened];
  await using host = opened.value;
  return [
    opened,
    await found('PostgreSQL', async () => {
      const { version } = (await host.service('postgres')) as ServerConnection;
      return [`${Math.floor(version / 10_000)}.${version % 10_000}, started and stopped`];
    }),
    await found('ClickHouse', async () => {
      const { url } = (await host.service('clickhouse')) as ClickHouseConnection;
      return [`started at ${url} and stopped`];
    }),
  ];
}

async function browser({ browser: wanted, cache }: Configuration): Promise<Finding> {
  const finding = await found('browser', async () => {
    const { executablePath } = await findBrowser({ wanted, ofPlaywright: '', cache });
    return [executablePath];
  });
  return finding.mark === '✗' ? { ...finding, mark: '–', words: `for pages alone: ${finding.words}` } : finding;
}

function config(): Finding {
  const what = 'config';
  const name = configurationIn('.');
  if (name === undefined)
    return { mark: '–', what, words: 'none here: each worker starts servers of its own, and keeps none.' };
  return readFileSync(name, 'utf8').includes('global-setup')
    ? { mark: '✓', what, words: name }
    : {
        mark: '–',
        what,
        words: `${name} has no globalSetup: 'proving-ground/global-setup' gives all workers one server.`,
      };
}

function packagesOf(group: PackageGroup, { target }: Configuration): Finding {
  const missing = missingPackages(group);
  if (missing.length === 0) return { mark: '✓', what: 'packages', words: `of the ${group}` };
  const isNeeded = group === 'Docker targets' && target === 'docker';
  return {
    mark: isNeeded ? '✗' : '–',
    what: 'packages',
    words: `of the ${group}, if you want them: ${installationOf(missing)}`,
  };
}

interface Package {
  readonly version: string;
  readonly engines?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Package;
}
