import type { ClickHouseClient } from '@clickhouse/client';
import { createDecoder } from 'fast-jwt';
import { templates } from '../../platform/experiments/pipelines/index.ts';
import { isAway } from '../../platform/kernel/store/database.ts';
import type { GatewayParts } from '../../platform/experiments/gateway/parts.ts';
import { ClaimsError, type SignedClaims } from '../../platform/kernel/tokens.ts';
import { fault, replaced } from '../fault.ts';

// Most of these are defects of a real experiment platform; the others break promises that are easily broken.

export const tenantIsNotChecked = fault(
  'experiments',
  'access',
  'a tenant uses only its own experiments',
  (access) => ({
    ...access,
    mayUse: () => true,
  }),
  'tenants.spec.ts › a tenant reads and changes its own experiments only',
);

export const listShowsEveryTenant = fault(
  'experiments',
  'experimentReader',
  "a list shows only the tenant's own experiments",
  (reader) => ({
    ...reader,
    list: (db, _tenant, query) =>
      reader.list(
        {
          query: ((text: string, values: unknown[]) =>
            db.query(replaced(text, 'tenant_id = $1', "$1 <> ''"), values)) as typeof db.query,
        },
        'anybody',
        query,
      ),
  }),
  'tenants.spec.ts › a tenant reads and changes its own experiments only',
);

export const tokensAreNotVerified = fault(
  'experiments',
  'tokens',
  'a forged token is refused',
  () => () => {
    const decode = createDecoder();
    return { verify: (token) => decode(token) as SignedClaims };
  },
  'tenants.spec.ts › an invalid token is 401 › forged: signed with another secret',
);

export const expiredTokensAreAccepted = fault(
  'experiments',
  'tokens',
  'an expired token is refused',
  (tokens) => accepting(tokens, 'FAST_JWT_EXPIRED'),
  'tenants.spec.ts › an invalid token is 401 › expired',
);

export const tokensOfOtherIssuersAreAccepted = fault(
  'experiments',
  'tokens',
  'a token of another issuer is refused',
  (tokens) => accepting(tokens, 'FAST_JWT_INVALID_CLAIM_VALUE'),
  'tenants.spec.ts › an invalid token is 401 › of another issuer',
);

export const tokensForOtherAudiencesAreAccepted = fault(
  'experiments',
  'tokens',
  'a token for another platform is refused',
  (tokens) => accepting(tokens, 'FAST_JWT_INVALID_CLAIM_VALUE', /aud/),
  'tenants.spec.ts › an invalid token is 401 › for another audience',
);

export const tokensWithoutRolesAreAccepted = fault(
  'experiments',
  'tokens',
  'a token without roles is refused',
  (tokens) => (secret) => ({
    verify(token) {
      try {
        return tokens(secret).verify(token);
      } catch (error) {
        if (!(error instanceof ClaimsError)) throw error;
        return createDecoder()(token) as SignedClaims;
      }
    },
  }),
  'doors.spec.ts › a token whose roles are none is refused by every service that takes tokens',
);

export const loginsForgetTheAddress = fault(
  'experiments',
  'loginKeys',
  'login attempts from one address are limited',
  (keys) => ({
    ...keys,
    address: ({ address, email }) => `${address} ${email}`,
  }),
  'doors.spec.ts › login attempts from one address are limited, whatever the account',
);

export const loginsForgetTheAccount = fault(
  'experiments',
  'loginKeys',
  'login attempts for one account are limited',
  (keys) => ({
    ...keys,
    account: ({ address, email }) => `${address} ${email}`,
  }),
  'doors.spec.ts › login attempts for one account are limited, whatever the address',
);

export const theGeneratorAnswersAnybody = fault(
  'experiments',
  'generatorTokens',
  'the config generator answers only its controller',
  () => () => ({
    verify: () => ({ user_id: 'anybody', email: 'anybody', roles: [], tenant_id: 'anybody', exp: 0 }),
  }),
  'doors.spec.ts › the config generator answers only its controller',
);

export const idsComeFromTheClock = fault(
  'experiments',
  'ids',
  'experiments that are created in the same second have different ids',
  () => ({
    next: () => `00000000-0000-4000-8000-${String(Math.floor(Date.now() / 1000)).padStart(12, '0')}`,
  }),
  'consistency.spec.ts › a thousand concurrent creates make exactly a thousand experiments',
);

export const statesNeverAdvance = fault(
  'experiments',
  'steps',
  'an experiment advances by itself',
  (steps) => ({
    ...steps,
    initializing: () => Promise.resolve(),
  }),
  'lifecycle.spec.ts › an experiment runs from creation to recommendation',
);

export const anyActionIsPossible = fault(
  'experiments',
  'stateMachine',
  'an action that a state does not allow is refused',
  (machine) => ({
    ...machine,
    after: (action, situation) =>
      machine.after(action, situation) ?? {
        state: action === 'cancel' ? 'cancelled' : 'running',
        paused: action === 'pause',
      },
  }),
  'validation.spec.ts › an action is 409 in the wrong state and changes nothing',
);

export const cancelNeverCompletes = fault(
  'experiments',
  'stateMachine',
  'a cancelled experiment stops',
  (machine) => ({
    ...machine,
    after: (action, situation) =>
      action === 'cancel' && machine.after(action, situation) !== undefined
        ? situation
        : machine.after(action, situation),
  }),
  'lifecycle.spec.ts › a cancelled experiment stops and frees its nodes',
);

export const resumeBreaksOnWhatIsNotPaused = fault(
  'experiments',
  'stateMachine',
  'an impossible action is refused without a crash',
  (machine) => ({
    ...machine,
    after: (action, situation) =>
      action === 'resume' && !situation.paused
        ? (undefined as unknown as { deep: { map: typeof situation } }).deep.map
        : machine.after(action, situation),
  }),
  'validation.spec.ts › an action is 409 in the wrong state and changes nothing',
);

export const failedMetricsAreZeros = fault(
  'experiments',
  'metricsStore',
  'without its metrics store the platform reports that',
  (store) => ({
    ...store,
    summarize: (client, selection) =>
      store.summarize(client, selection).catch(() => {
        const nothing = {
          series: 0,
          scrapes: 0,
          samples: 0,
          errors: 0,
          points: 0,
          work: 0,
          cpu: 0,
          memory: 0,
          nodes: [],
          processes: [],
        };
        return { baseline: nothing, candidate: nothing };
      }),
  }),
  'metrics.spec.ts › metrics are 503 while the metrics store is down',
);

export const kpisNeedNoMetrics = fault(
  'experiments',
  'metricsStore',
  'without its metrics store an experiment has no results',
  (store) => ({
    ...store,
    kpis: (client, selection, critical) =>
      store
        .kpis(client, selection, critical)
        .catch(() => ({ cardinalityReduction: 40, latencyIncrease: 0, errorRate: 0, criticalProcessCoverage: 100 })),
  }),
  'metrics.spec.ts › an experiment stays analyzing while the metrics store is down, and completes afterwards',
);

export const ratesAreAFixedSplit = fault(
  'experiments',
  'metricsStore',
  'the rate of a variant is that of its own samples',
  (store) => ({
    ...store,
    async summarize(client, selection) {
      const { baseline, candidate } = await store.summarize(client, selection);
      const points = baseline.points + candidate.points;
      return { baseline: { ...baseline, points: points * 0.6 }, candidate: { ...candidate, points: points * 0.4 } };
    },
  }),
  'lifecycle.spec.ts › scrapes are split between variants as requested',
);

export const metricsOfOtherExperimentsAreMixedIn = fault(
  'experiments',
  'metricsStore',
  'an experiment shows only its own series',
  (store) => ({
    ...store,
    summarize(client, selection) {
      const every = Object.create(client) as typeof client;
      every.query = (options) =>
        client.query({
          ...options,
          query: replaced(options.query, 'experiment_id = {experiment: UUID}', "toString({experiment: UUID}) <> ''"),
        });
      return store.summarize(every, selection);
    },
  }),
  'concurrency.spec.ts › five concurrent experiments keep their metrics apart',
);

export const unknownPipelinesFallBack = fault(
  'experiments',
  'catalogue',
  'the config generator refuses an unknown pipeline',
  (catalogue) => ({
    find: (id) => catalogue.find(id) ?? templates[0],
  }),
  'metrics.spec.ts › the config generator refuses an unknown pipeline',
);

export const configurationIsLostOnReading = fault(
  'experiments',
  'experimentReader',
  'an experiment is stored exactly as it was requested',
  (reader) => ({
    ...reader,
    async find(db, id, options) {
      const experiment = await reader.find(db, id, options);
      if (experiment === undefined) return undefined;
      const { load_profile: _, ...config } = experiment.config;
      return { ...experiment, config };
    },
  }),
  'lifecycle.spec.ts › an experiment is stored exactly as it was requested',
);

export const createdAtIsTheYearOne = fault(
  'experiments',
  'experimentReader',
  'an experiment has its time of creation',
  (reader) => ({
    ...reader,
    async find(db, id, options) {
      const experiment = await reader.find(db, id, options);
      return experiment === undefined ? undefined : { ...experiment, created_at: new Date('0001-01-01T00:00:00Z') };
    },
  }),
  'lifecycle.spec.ts › an experiment is stored exactly as it was requested',
);

export const eventsGoToEveryTenant = fault(
  'experiments',
  'eventLog',
  "a client receives no other tenant's events",
  (log) => ({
    ...log,
    read: (db, tenant, after, limit) =>
      log.read(
        {
          query: ((text: string, values: unknown[]) =>
            db.query(replaced(text, 'tenant_id = $1', "$1 <> ''"), values)) as typeof db.query,
        },
        tenant,
        after,
        limit,
      ),
  }),
  "updates.spec.ts › a client receives no other tenant's events",
);

export const framesHoldSeveralMessages = fault(
  'experiments',
  'delivery',
  'a frame is one message',
  (delivery) => ({
    send: (socket, messages) =>
      messages.length < 2
        ? delivery.send(socket, messages)
        : new Promise((resolve, reject) => {
            socket.send(messages.map((message) => JSON.stringify(message)).join('\n'), (error) =>
              error ? reject(error) : resolve(),
            );
          }),
  }),
  "updates.spec.ts › an experiment's states arrive in order, one per message, without gaps",
);

export const slowConsumersLoseEvents = fault(
  'experiments',
  'delivery',
  'a slow consumer misses nothing',
  (delivery) => ({
    send: (socket, messages) => {
      if (socket.bufferedAmount === 0) void delivery.send(socket, messages);
      return Promise.resolve();
    },
  }),
  'updates.spec.ts › a slow client delays no other and misses nothing',
);

export const resumingSkipsAnEvent = fault(
  'experiments',
  'eventLog',
  'a reconnecting client continues where its connection broke',
  (log) => ({
    ...log,
    read: (db, tenant, after, limit) => log.read(db, tenant, after === 0 ? 0 : after + 1, limit),
  }),
  'updates.spec.ts › a reconnecting client continues where its connection broke',
);

export const configurationNeverReachesTheAgent = fault(
  'experiments',
  'pipelineRunner',
  'a new configuration reaches a running pipeline',
  (runner) => ({
    load: (deployment, running) => running ?? runner.load(deployment, running),
  }),
  'hot-reload.spec.ts › a new configuration reaches a running pipeline without a restart',
);

export const reloadTakesTheOldProcessors = fault(
  'experiments',
  'pipelineRunner',
  'a pipeline does what its new configuration says',
  (runner) => ({
    load: (deployment, running) =>
      running === undefined ? runner.load(deployment, running) : { ...running, version: deployment.version },
  }),
  'hot-reload.spec.ts › a new configuration reaches a running pipeline without a restart',
);

export const busyNodesAreIgnored = fault(
  'experiments',
  'creation',
  'a node serves one experiment at a time',
  (creation) => ({
    ...creation,
    write: (db, batch) =>
      creation.write(
        db,
        batch.map((experiment) => ({ ...experiment, claims: [] })),
      ),
  }),
  'consistency.spec.ts › of twenty concurrent creates on one node, one succeeds and nineteen get the conflict error',
);

export const acceptedExperimentsAreLost = fault(
  'experiments',
  'creation',
  'an accepted experiment exists',
  (creation) => ({
    ...creation,
    async write(db, batch) {
      const busy = await creation.write(db, batch.slice(0, 20));
      return batch.map((_, place) => busy[place] ?? []);
    },
  }),
  'consistency.spec.ts › a thousand concurrent creates make exactly a thousand experiments',
);

export const totalCountsOnePage = fault(
  'experiments',
  'experimentReader',
  'a page has the total number of experiments',
  (reader) => ({
    ...reader,
    async list(db, tenant, query) {
      const page = await reader.list(db, tenant, query);
      return { ...page, total: page.experiments.length };
    },
  }),
  'validation.spec.ts › pages › a page has its size, number and links to its neighbours',
);

export const criteriaAreIgnored = fault(
  'experiments',
  'judge',
  'a candidate that misses a criterion fails',
  (judge) => ({
    judge: (kpis) => judge.judge(kpis, {}),
  }),
  'lifecycle.spec.ts › a candidate that misses a criterion fails, and the results name the criterion',
);

export const generatorFailureIsFinal = fault(
  'experiments',
  'steps',
  'a new experiment waits for the config generator',
  (steps) => ({
    ...steps,
    initializing: (experiment, context) =>
      steps.initializing(experiment, context).catch((error: unknown) => {
        if (isAway(error)) throw error;
        return context.move(experiment, { to: 'failed', reason: 'the config generator is away' });
      }),
  }),
  'recovery.spec.ts › without the config generator, running experiments go on and new ones wait',
);

export const restartForgetsWhatRuns = fault(
  'experiments',
  'queue',
  'a controller continues what another one began',
  (queue) => {
    const begun = new Set<string>();
    return {
      ...queue,
      async next(db, atWork) {
        const next = await queue.next(db, atWork);
        for (const { id } of next) begun.add(id);
        return next;
      },
      unfinished: async (db) => (await queue.unfinished(db)).filter(({ id }) => begun.has(id)),
    };
  },
  'recovery.spec.ts › a new controller finishes what a killed one began',
);

export const queueKnowsNoLimit = fault(
  'experiments',
  'queue',
  "the number of a tenant's running experiments is limited",
  (queue) => ({
    ...queue,
    next: (db) => queue.next(db, 1000),
    hasRoom: () => Promise.resolve(true),
  }),
  "concurrency.spec.ts › experiments beyond the tenant's limit queue and start in order",
);

export const tenantsAreWrittenTogether = fault(
  'experiments',
  'creation',
  "a lock on one tenant's rows does not delay another tenant",
  (creation) => ({
    ...creation,
    groupOf: () => 'everybody',
  }),
  "consistency.spec.ts › a lock on one tenant's rows does not delay another tenant",
);

/** A verifier that accepts tokens that were refused for this reason. */
function accepting(tokens: GatewayParts['tokens'], reason: string, words = /^/): GatewayParts['tokens'] {
  return (secret) => ({
    verify(token) {
      try {
        return tokens(secret).verify(token);
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code !== reason || !words.test(message)) throw error;
        return createDecoder()(token) as SignedClaims;
      }
    },
  });
}

export const scrapesCountTwice = fault(
  'experiments',
  'metricsStore',
  'a scrape written twice counts once',
  (store) => {
    const careless = (client: ClickHouseClient): ClickHouseClient => {
      const every = Object.create(client) as typeof client;
      every.query = (options) => client.query({ ...options, query: replaced(options.query, ' FINAL', '') });
      return every;
    };
    return {
      ...store,
      summarize: (client, selection) => store.summarize(careless(client), selection),
      kpis: (client, selection, critical) => store.kpis(careless(client), selection, critical),
    };
  },
  'metrics.spec.ts › a scrape written by two agents counts once',
);

export const latencyNeverRises = fault(
  'experiments',
  'metricsStore',
  'a slower candidate is reported',
  (store) => ({
    ...store,
    async kpis(client, selection, critical) {
      const kpis = await store.kpis(client, selection, critical);
      return kpis && { ...kpis, latencyIncrease: 0 };
    },
  }),
  "metrics.spec.ts › a slower candidate's latency is reported, and fails a latency criterion",
);

export const coverageIsAlwaysWhole = fault(
  'experiments',
  'metricsStore',
  'a candidate that drops a critical process is reported',
  (store) => ({
    ...store,
    async kpis(client, selection, critical) {
      const kpis = await store.kpis(client, selection, critical);
      return kpis && { ...kpis, criticalProcessCoverage: 100 };
    },
  }),
  'metrics.spec.ts › a candidate that drops a critical process is reported, and fails a coverage criterion',
);
