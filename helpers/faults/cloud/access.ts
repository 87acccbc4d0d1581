import { faultsOf } from '../fault.ts';

const fault = faultsOf('cloud');

// The control plane's promises: it obeys the holder of its credentials alone.

export const unsignedRequestsAreTaken = fault(
  'signatures',
  'a request without a signature is refused',
  () => ({ claimOf: () => ({ date: '', signedHeaders: [], signature: '' }), check: () => Promise.resolve() }),
  'doors.spec.ts › the control plane refuses unsigned requests',
);

export const signaturesAreNotChecked = fault(
  'signatures',
  'a request signed with another secret is refused',
  () => ({ check: () => Promise.resolve() }),
  'doors.spec.ts › the control plane refuses requests signed with another secret',
);

export const sessionTokensAreNotChecked = fault(
  'signatures',
  'temporary credentials are valid with their session token only',
  ({ claimOf }) => ({
    claimOf(request, signer) {
      const given = request.headers['x-amz-security-token'] as string | undefined;
      const { sessionToken: _, ...credentials } = signer.credentials;
      return claimOf(request, {
        ...signer,
        credentials: given === undefined ? credentials : { ...credentials, sessionToken: given },
      });
    },
  }),
  'helpers/cloud/doors.test.ts › temporary credentials are valid with their session token only',
);

export const anyTokenOpensACommand = fault(
  'sessionTokens',
  "a command runs only for its token's holder",
  () => ({ isToken: () => true }),
  "doors.spec.ts › the control plane runs a command once, for its token's holder",
);
