import { fault } from './fault.ts';

// What the control plane promises: it does what the holder of its credentials asks, and nobody else.

export const unsignedRequestsAreTaken = fault(
  'cloud',
  'signatures',
  'a request without a signature is refused',
  () => ({
    claimOf: () => ({ date: '', signedHeaders: [], signature: '' }),
    check: () => Promise.resolve(),
  }),
  'doors.spec.ts',
);

export const signaturesAreNotChecked = fault(
  'cloud',
  'signatures',
  'a request that another secret has signed is refused',
  (signatures) => ({
    ...signatures,
    check: () => Promise.resolve(),
  }),
  'doors.spec.ts',
);

export const anyTokenOpensACommand = fault(
  'cloud',
  'sessionTokens',
  'a command runs for whoever has its token',
  () => ({
    isToken: () => true,
  }),
  'doors.spec.ts',
);
