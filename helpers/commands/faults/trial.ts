import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Area, Fault } from '../../faults/fault.ts';
import type { AppOptions } from '../../../fixtures/app.ts';
import { deploymentPlatform, experimentPlatform } from '../../../specs/local-platforms.ts';
import { taskTracker } from '../../../specs/your-platform/platform.ts';
import { faults } from '../../faults/index.ts';
import { planted } from '../../faults/your-platform/plant.ts';
import type { Verdict } from './verdict.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where the tests lie that keep an area's promises, where a fault does not name one by its whole path. */
export const specsOf: Readonly<Record<Area, string>> = {
  postgres: 'specs/databases/postgres',
  clickhouse: 'specs/databases/clickhouse',
  databases: 'specs/databases/both',
  orchestration: 'specs/orchestration',
  experiments: 'specs/experiments',
  sessions: 'specs/sessions',
  deployments: 'specs/deployments',
  cloud: 'specs/sessions',
  reporter: 'reporters/cost-performance',
  run: 'helpers',
  secrets: 'helpers/run/secrets',
  registry: 'helpers/terraform/registry',
  app: 'specs/app',
  'your-platform': 'specs/your-platform',
};

/** What one run of Playwright tries: a project for each of these faults. */
export interface Trial {
  readonly faults: readonly string[];
  /** `named`: the test that the fault names, or `by`; `all`: every test of its file. */
  readonly tests: 'named' | 'all';
  /** A test that is tried instead of those that the faults name. */
  readonly by?: string | undefined;
  /** Whether the faults are switched on; without them every test has to pass. */
  readonly on: boolean;
  readonly workers: number;
}

/** How a trial is handed to the configuration, which Playwright loads in every process. */
export const trialVariable = 'FAULT_TRIAL';

/** The trial of this run of Playwright. @throws Error outside of one. */
export function readTrial(): Trial {
  return JSON.parse(process.env[trialVariable]!) as Trial;
}

/** The project in which a fault is tried. */
export function projectOf(name: string, { tests, on, by }: Trial) {
  const { area, caughtBy } = faults.get(name)!;
  const [file, ...titles] = (by ?? caughtBy).split(' › ');
  const isElsewhere = /^(helpers|specs)\//.test(file!);
  return {
    name,
    testDir: path.join(root, isElsewhere ? path.dirname(file!) : specsOf[area]),
    testMatch: `**/${isElsewhere ? path.basename(file!) : file!}`,
    ...(tests === 'named' ? { grep: new RegExp(escaped(titles.join(' '))) } : {}),
    use: {
      ...(on ? { fault: name } : {}),
      ...declarationOf(area, on ? name : undefined),
    },
  };
}

/** The platform that an area's specs are made for. */
function declarationOf(area: Area, fault: string | undefined): { readonly appOptions?: AppOptions } {
  switch (area) {
    case 'experiments':
      return { appOptions: experimentPlatform };
    case 'deployments':
      return { appOptions: deploymentPlatform };
    case 'your-platform':
      return { appOptions: planted(taskTracker, fault) };
    default:
      return {};
  }
}

/** Those that one run can try beside each other, and those that need a run each. */
export function trialsOf(chosen: ReadonlyMap<string, Fault>, workers: number, by?: string): Trial[] {
  const together = [...chosen].filter(([, { alone }]) => !alone).map(([name]) => name);
  const alone = [...chosen].filter(([, fault]) => fault.alone);
  return [
    ...(together.length === 0 ? [] : [{ faults: together, tests: 'named', by, on: true, workers } as const]),
    ...alone.map(
      ([name, fault]) => ({ faults: [name], tests: 'named', by, on: true, workers: fault.workers }) as const,
    ),
  ];
}

/** Whether a verdict is a fault's last one: where the named test catches nothing, all tests of its file are tried. */
export function isLast({ tests, by }: Trial, { failures }: Pick<Verdict, 'failures'>): boolean {
  return tests === 'all' || by !== undefined || failures.length > 0;
}

/** Every test of the file, for where the one that the fault names has not caught it. */
export function trialOfAllTests(name: string, { workers }: Fault): Trial {
  return { faults: [name], tests: 'all', on: true, workers };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
