import path from 'node:path';
import type { ProviderProgram } from '../../../terraform/index.ts';
import { boot } from '../../kernel/supervisor.ts';

/** The providers that come with the platform. */
export const ownProviders = ['random', 'probe'] as const;
export type OwnProvider = (typeof ownProviders)[number];

/** The modules of their processes, as a bundle names them. */
export const providerEntries = ownProviders.map(entryOf);

/** How to start one. @param code the folder of the bundled processes. */
export function providerProgram(code: string, name: OwnProvider): ProviderProgram {
  return { name, command: process.execPath, args: [boot, path.join(code, `${entryOf(name)}.cjs`)] };
}

function entryOf(name: OwnProvider): string {
  return `deployments/providers/${name}/main`;
}
