import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LaunchOptions, launchProvider, type Provider, ProviderError } from '../terraform/index.ts';
import { type OwnProvider, providerProgram } from '../platform/deployments/providers/index.ts';
import { test as base } from './index.ts';

export { expect } from './index.ts';

export type Launch = (provider?: OwnProvider, options?: Partial<LaunchOptions>) => Promise<Provider>;

export interface ProviderFixtures {
  /** A folder for one test's files, short enough for sockets. */
  place: string;
  /** What each launched provider has printed, in order. */
  log: string[];
  /** Launches a provider, default the probe, in folders of its own; it is closed with the test. Costs some 150 ms. */
  launch: Launch;
}

export const test = base.extend<ProviderFixtures>({
  place: async ({}, use) => {
    const place = mkdtempSync(path.join(os.tmpdir(), 'pg-providers-'));
    await use(place);
    rmSync(place, { recursive: true });
  },
  log: async ({}, use) => use([]),
  launch: async ({ place, log, _platformCode }, use) => {
    const { code } = _platformCode;
    const launched: Provider[] = [];
    let count = 0;
    await use(async (name = 'probe', options = {}) => {
      count += 1;
      const [workingDirectory, sockets] = ['w', 's'].map((folder) => path.join(place, `${folder}${count}`)) as [
        string,
        string,
      ];
      for (const folder of [workingDirectory, sockets]) mkdirSync(folder);
      const provider = await launchProvider({
        program: providerProgram(code, name),
        workingDirectory,
        sockets,
        environment: {},
        patience: 30_000,
        log: (line) => log.push(line),
        record: () => undefined,
        ...options,
      });
      launched.push(provider);
      return provider;
    });
    await Promise.all(launched.map((provider) => provider.close()));
  },
});

/** The error with which something fails; fails when it does not. */
export async function errorOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error('It has not failed with a ProviderError.', { cause: error });
}
