import type { Provider, Values } from '../../terraform/index.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('deployments');

// Each deployment has a provider process of its own, which lives exactly as long as it is needed.

export const processIsSharedAcrossDeployments = fault(
  'instances',
  'deployments of one provider have a process each',
  () => ({ keyOf: ({ provider }) => provider }),
  'provider-isolation.spec.ts › ConcurrentProviderAccess',
);

export const socketsAreReused = fault(
  'launching',
  "a deployment's calls go to its own process",
  ({ launch }) => {
    let first: Provider | undefined;
    return {
      launch: async (options) => {
        const launched = await launch(options);
        if (first === undefined) {
          first = launched;
          void launched.exited.then(() => (first = undefined));
        }
        return callsGoTo(first, launched);
      },
    };
  },
  'provider-isolation.spec.ts › ConcurrentProviderAccess',
);

export const launchesRace = fault(
  'instances',
  'requests that need a process at once launch one',
  () => ({ share: (_pending, _key, make) => make() }),
  'launches.spec.ts › five simultaneous first uses of a deployment launch one process',
);

export const launchesAreNotCounted = fault(
  'deployments',
  'a deployment knows how often its provider was launched',
  () => ({ launched: () => Promise.resolve(true) }),
  'provider-isolation.spec.ts › ConcurrentProviderAccess',
);

export const busyProcessCountsAsDead = fault(
  'instances',
  'a process that is busy is not replaced',
  () => ({ isUsable: ({ hasEnded, atWork }) => !hasEnded && atWork === 0 }),
  'locks.spec.ts › a busy provider is not replaced',
);

export const crashedProcessIsKept = fault(
  'instances',
  'a process that has crashed is replaced',
  () => ({ isUsable: () => true }),
  'crashes.spec.ts › a crashed provider is replaced by a new process',
);

export const shutdownEndsAll = fault(
  'ending',
  'a deleted deployment ends no process of another',
  () => ({ of: (instances) => [...instances] }),
  'provider-isolation.spec.ts › DeploymentCleanup',
);

export const processIsOrphanedByDeletion = fault(
  'ending',
  'a deleted deployment ends its process',
  () => ({ close: () => Promise.resolve() }),
  'provider-isolation.spec.ts › DeploymentCleanup',
);

export const stopIsBroadcast = fault(
  'interruption',
  'a cancelled operation interrupts no other deployment',
  () => ({ of: (instances) => [...instances] }),
  "locks.spec.ts › a cancelled apply ends, and a neighbour's goes on",
);

export const stopIsNotSent = fault(
  'interruption',
  'a cancelled operation interrupts its provider',
  () => ({ stop: () => Promise.resolve() }),
  "locks.spec.ts › a cancelled apply ends, and a neighbour's goes on",
);

export const killedManagerLeavesProviders = fault(
  'watchdog',
  'the providers of a killed manager end, though nothing starts it again',
  () => ({ start: () => undefined }),
  'kills.spec.ts › providers of a killed manager are gone within two seconds',
);

export const providersOfThePredecessorStay = fault(
  'sweep',
  "a manager ends its predecessor's providers before it starts its own",
  () => ({ processes: () => Promise.resolve() }),
  'watchdogs.spec.ts › a manager ends the providers that its predecessor has left',
);

export const hangingHandshakesAreAwaited = fault(
  'launching',
  'a provider has to shake hands in time',
  ({ launch }) => ({ launch: (options) => launch({ ...options, patience: 2 ** 31 - 1 }) }),
  'bad-input.spec.ts › a program that hangs before its handshake fails the apply in time',
);

export const hangingCallsAreAwaited = fault(
  'launching',
  'a provider has to answer in time',
  ({ launch }) => ({ launch: (options) => launch({ ...options, deadline: 2 ** 31 - 1 }) }),
  'crashes.spec.ts › a provider that does not answer is given up in time',
);

export const stderrIsNotDrained = fault(
  'launching',
  'a provider may write any amount to stderr',
  ({ launch }) => ({ launch: (options) => launch({ ...options, readErrors: () => undefined }) }),
  'crashes.spec.ts › a flood of output does not block an apply',
);

export const logsAreMixed = fault(
  'logs',
  "a deployment's log has the lines of its own provider",
  () => ({ keyOf: ({ provider }) => provider }),
  "state.spec.ts › a deployment's log has the output of its own provider alone",
);

export const debugSwitchDoesNothing = fault(
  'debugging',
  'the debug switch shows the life and the calls of providers',
  () => ({ to: () => () => undefined }),
  'debug.spec.ts › with TEST_PROVIDER_DEBUG the log has the life of each provider',
);

export const debugSwitchIsAlwaysOn = fault(
  'debugging',
  'without the debug switch the log has no events of providers',
  ({ to }) => ({ to: () => to(true) }),
  'debug.spec.ts › the log has none of it without TEST_PROVIDER_DEBUG',
);

export const debugLogHasValues = fault(
  'debugging',
  'the debug switch shows no values',
  ({ trace }) => ({
    trace(provider, say) {
      const configure = provider.configure.bind(provider);
      return trace(
        Object.assign(provider, {
          configure(config: Values) {
            say(`configure is sent with ${JSON.stringify(config)}`);
            return configure(config);
          },
        }),
        say,
      );
    },
  }),
  'debug.spec.ts › with TEST_PROVIDER_DEBUG the log has the life of each provider',
);

export const watchdogIsNotReplaced = fault(
  'watchdog',
  'a watchdog that was killed is replaced',
  ({ start }) => ({ start: (mark) => start.call({ start: () => undefined }, mark) }),
  'watchdogs.spec.ts › a watchdog that was killed is replaced',
);

/** A provider with a process of its own, whose calls go to another one. */
function callsGoTo(target: Provider, own: Provider): Provider {
  return {
    pid: own.pid,
    protocol: own.protocol,
    socket: own.socket,
    exited: own.exited,
    schema: () => target.schema(),
    configure: (config) => target.configure(config),
    plan: (wish) => target.plan(wish),
    apply: (planned) => target.apply(planned),
    read: (type, state) => target.read(type, state),
    upgrade: (type, state) => target.upgrade(type, state),
    import: (type, id) => target.import(type, id),
    stop: () => target.stop(),
    close: (patience) => own.close(patience),
  };
}
