import { templates } from '../../platform/experiments/pipelines/index.ts';
import { faultsOf } from '../fault.ts';
import { rewriting } from '../rewriting.ts';

const fault = faultsOf('experiments');

const leases = 'helpers/platform/experiments/agent/leases.test.ts';

// Promises of the config generator and the agent: a pipeline is what was asked for.

export const configurationNeverReachesTheAgent = fault(
  'pipelineRunner',
  'a new configuration reaches a running pipeline',
  (runner) => ({ load: (deployment, running) => running ?? runner.load(deployment, running) }),
  'hot-reload.spec.ts › a new configuration reaches a running pipeline without a restart',
);

export const reloadTakesTheOldProcessors = fault(
  'pipelineRunner',
  'a pipeline does what its new configuration says',
  (runner) => ({
    load: (deployment, running) =>
      running === undefined ? runner.load(deployment, running) : { ...running, version: deployment.version },
  }),
  'hot-reload.spec.ts › a new configuration reaches a running pipeline without a restart',
);

export const theGeneratorAnswersAnybody = fault(
  'generatorTokens',
  'the config generator answers only its controller',
  () => () => ({ verify: () => ({ user_id: 'anybody', email: 'anybody', roles: [], tenant_id: 'anybody', exp: 0 }) }),
  'doors.spec.ts › the config generator answers only its controller',
);

export const unknownPipelinesFallBack = fault(
  'catalogue',
  'the config generator refuses an unknown pipeline',
  (catalogue) => ({ find: (id) => catalogue.find(id) ?? templates[0] }),
  'metrics.spec.ts › the config generator refuses an unknown pipeline',
);

export const cancelledExperimentsAreScraped = fault(
  'leases',
  'a cancelled experiment is scraped no more',
  ({ renew }) => ({
    renew: (db, agent, seconds) => renew(rewriting(db, "'analyzing')", "'analyzing', 'cancelled')"), agent, seconds),
  }),
  `${leases} › an experiment that has ended is scraped no more`,
);

export const newDeploymentsAreNotShared = fault(
  'leases',
  'agents share new deployments',
  ({ renew }) => ({
    renew: (db, agent, seconds) => renew(rewriting(db, '% $4 = $3', '% $4 < $3 + $4'), agent, seconds),
  }),
  `${leases} › each new deployment is left to the agent whose turn it is, and after a second to any`,
);

export const deploymentsWaitForAnAbsentAgent = fault(
  'leases',
  'a new deployment whose agent is away is taken by another one',
  ({ renew }) => ({
    renew: (db, agent, seconds) =>
      renew(
        rewriting(db, "d.deployed_at < clock_timestamp() - interval '1 second'", 'd.deployed_at IS NULL'),
        agent,
        seconds,
      ),
  }),
  `${leases} › each new deployment is left to the agent whose turn it is, and after a second to any`,
);
