import { tryPort } from '../app/services/ports.ts';
import { faultsOf } from './fault.ts';

const fault = faultsOf('app');

export const outgoingConnectionsTakePorts = fault(
  'ports',
  "no outgoing connection takes a service's port while it is away",
  () => ({ choose: async () => (await tryPort(0))! }),
  'helpers/app/services.test.ts › a port is none that the system gives to outgoing connections',
);

export const othersAnswerForServices = fault(
  'ports',
  'no other server is taken for a service',
  () => ({ isTaken: () => Promise.resolve(false) }),
  'helpers/app/services.test.ts › a port that is taken in the moment before is replaced by another one',
);

export const servicesAreReadyAtOnce = fault(
  'readiness',
  'a service is ready when it answers, and not before',
  () => ({ missing: () => Promise.resolve(undefined) }),
  'helpers/app/services.test.ts › a service is ready when it answers, and not before',
);

export const childrenOfServicesStay = fault(
  'ending',
  'what a service has started ends with it',
  () => ({ signal: (leader, signal) => void (leader !== undefined && process.kill(leader, signal)) }),
  'helpers/app/services.test.ts › freezing a service freezes what it has started, too',
);

export const servicesAreEndedUnasked = fault(
  'ending',
  'a stopped service can end by itself',
  ({ signal }) => ({ stop: async (leader) => signal(leader, 'SIGKILL') }),
  'helpers/app/services.test.ts › a stopped service can end by itself',
);

export const forgedTokensAreGenuine = fault(
  'signing',
  'an expired token is expired',
  ({ times }) => ({ times: (lifetime) => times(Math.abs(lifetime)) }),
  'helpers/app/tenant-tokens.test.ts › a token by HS256 says what is declared, and every forged one is wrong',
);

export const tokensForgetTheirTenant = fault(
  'signing',
  "a token says what the declaration's claims say",
  ({ sign }) => ({
    sign: (algorithm, key, keyId, claims) =>
      sign(algorithm, key, keyId, { ...claims, org: '00000000-0000-0000-0000-000000000000' }),
  }),
  'specs/app/app.spec.ts › a tenant reads what it has written, and no other tenant does',
);

export const anyMessageMatches = fault(
  'matches',
  'a socket waits for the message that is wanted',
  () => () => true,
  'specs/app/sockets.spec.ts › a message that does not come is named with what has come',
);

export const servicesStayDisturbed = fault(
  'between',
  'what a test has disturbed is as it was in the next',
  () => ({ restore: () => Promise.resolve() }),
  'specs/app/chaos.spec.ts › chaos ends with its test',
);

export const databasesOfWorkersAreNotPutBack = fault(
  'between',
  'a test begins with pristine databases',
  () => ({ putsBack: false }),
  'specs/app/app.spec.ts › between tests',
);

export const tenantsStay = fault(
  'between',
  'what a tenant has is removed after the test, where databases are not put back',
  () => ({ removesTenants: false }),
  'helpers/app/runs.test.ts › declared addresses are enough for TARGET=remote',
);
