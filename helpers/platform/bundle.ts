import { fileURLToPath } from 'node:url';
import { managerPlan } from './deployments/manager-process.ts';
import { providerEntries } from './deployments/providers/index.ts';
import { plans } from './experiments/processes.ts';
import { buildBundle, type BundleOptions } from './kernel/build.ts';
import type { Service } from '../run/index.ts';
import { sessionPlans, workspaceEntry } from './sessions/processes.ts';

const source = fileURLToPath(new URL('.', import.meta.url));
const processes = [...plans, ...sessionPlans, managerPlan].map(({ entry }) => entry);
const entries = [...new Set(processes), workspaceEntry, ...providerEntries];

/**
 * Bundles the processes of all platforms, see `kernel/build.ts`.
 * @param options.decorator a module whose `decorate` changes the parts of a process.
 */
export function buildPlatform(options: Pick<BundleOptions, 'cache'> & Partial<BundleOptions>): Promise<Service> {
  return buildBundle({ decorator: undefined, ...options, source, entries });
}
