import { mkdirSync } from 'node:fs';
import { faultsOf } from './fault.ts';

const fault = faultsOf('registry');

// A provider is fetched once, is what its registry has signed, and is never changed while something may run it.

export const cachedProvidersAreOverwritten = fault(
  'cached',
  'a cached binary is never written again',
  () => ({
    has: () => false,
    prepare(folder, fill) {
      mkdirSync(folder, { recursive: true });
      fill(folder);
      return folder;
    },
  }),
  'registry.test.ts › a cached binary is not written again, while it runs neither',
);

export const providersAreFetchedSeveralTimes = fault(
  'turns',
  'of several that want the same version at once, one downloads it',
  () => ({ take: (_lock, _patience, work) => work() }),
  'registry.test.ts › of several processes and calls at once, one downloads',
);

export const signaturesAreNotVerified = fault(
  'trust',
  'a provider that its registry has not signed is refused',
  () => ({ whyUnverified: () => Promise.resolve(undefined) }),
  'untrusted.test.ts › a signature by an unknown key',
);

export const checksumsAreNotCompared = fault(
  'trust',
  'a provider that was changed after it was signed is refused',
  () => ({ isSame: () => true }),
  'untrusted.test.ts › a zip that was changed',
);

export const filesOfProvidersLeaveTheirFolder = fault(
  'trust',
  'no file of a provider is written outside of its folder',
  () => ({ leavesFolder: () => false }),
  'untrusted.test.ts › a zip with the file ../outside',
);
