import { ClaimsError } from '../../platform/kernel/tokens.ts';
import { faultsOf } from '../fault.ts';
import { ofEveryTenant } from '../rewriting.ts';
import { accepting, acceptingAll } from '../tokens.ts';

const fault = faultsOf('experiments');

// The gateway's promises: a tenant sees and changes what is its own, and gets every answer and event once.

export const tenantIsNotChecked = fault(
  'access',
  'a tenant uses only its own experiments',
  () => ({ mayUse: () => true }),
  "tenants.spec.ts › a tenant cannot read another tenant's experiment",
);

export const listShowsEveryTenant = fault(
  'experimentReader',
  "a list shows only the tenant's own experiments",
  (reader) => ({ list: (db, _tenant, query) => reader.list(ofEveryTenant(db), 'anybody', query) }),
  'tenants.spec.ts › a list shows a tenant no experiment of another',
);

export const tokensAreNotVerified = fault(
  'tokens',
  'a forged token is refused',
  acceptingAll,
  'tenants.spec.ts › a token that is forged, expired or for others is refused: experiment',
);

export const expiredTokensAreAccepted = fault(
  'tokens',
  'an expired token is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_EXPIRED'),
  'tenants.spec.ts › a token that is forged, expired or for others is refused: experiment',
);

export const tokensOfOtherIssuersAreAccepted = fault(
  'tokens',
  'a token of another issuer is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_INVALID_CLAIM_VALUE'),
  'tenants.spec.ts › a token that is forged, expired or for others is refused: experiment',
);

export const tokensForOtherAudiencesAreAccepted = fault(
  'tokens',
  'a token for another platform is refused',
  (tokens) => accepting(tokens, ({ message }) => message.includes('aud')),
  'tenants.spec.ts › a token that is forged, expired or for others is refused: experiment',
);

export const tokensWithoutRolesAreAccepted = fault(
  'tokens',
  'a token without roles is refused',
  (tokens) => accepting(tokens, (error) => error instanceof ClaimsError),
  'doors.spec.ts › a token whose roles are none is refused by every service that takes tokens',
);

export const loginsForgetTheAddress = fault(
  'loginKeys',
  'login attempts from one address are limited',
  () => ({ address: ({ address, email }) => `${address} ${email}` }),
  'doors.spec.ts › login attempts from one address are limited, whatever the account',
);

export const loginsForgetTheAccount = fault(
  'loginKeys',
  'login attempts for one account are limited',
  () => ({ account: ({ address, email }) => `${address} ${email}` }),
  'doors.spec.ts › login attempts for one account are limited, whatever the address',
);

export const idsComeFromTheClock = fault(
  'ids',
  'experiments that are created in the same second have different ids',
  () => ({ next: () => `00000000-0000-4000-8000-${String(Math.floor(Date.now() / 1000)).padStart(12, '0')}` }),
  'consistency.spec.ts › a thousand concurrent creates make exactly a thousand experiments',
);

export const anyActionIsPossible = fault(
  'stateMachine',
  'an action that a state does not allow is refused',
  (machine) => ({
    after: (action, situation) =>
      machine.after(action, situation) ?? {
        state: action === 'cancel' ? 'cancelled' : 'running',
        paused: action === 'pause',
      },
  }),
  'validation.spec.ts › an action is 409 in the wrong state and changes nothing',
);

export const cancelNeverCompletes = fault(
  'stateMachine',
  'a cancelled experiment stops',
  (machine) => ({
    after: (action, situation) =>
      action === 'cancel' && machine.after(action, situation) !== undefined
        ? situation
        : machine.after(action, situation),
  }),
  'lifecycle.spec.ts › a cancelled experiment stops and frees its nodes',
);

export const resumeBreaksOnWhatIsNotPaused = fault(
  'stateMachine',
  'an impossible action is refused without a crash',
  (machine) => ({
    after: (action, situation) =>
      action === 'resume' && !situation.paused
        ? (undefined as unknown as { deep: { map: typeof situation } }).deep.map
        : machine.after(action, situation),
  }),
  'validation.spec.ts › an action is 409 in the wrong state and changes nothing',
);

export const configurationIsLostOnReading = fault(
  'experimentReader',
  'an experiment is stored exactly as it was requested',
  (reader) => ({
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
  'experimentReader',
  'an experiment has its time of creation',
  (reader) => ({
    async find(db, id, options) {
      const experiment = await reader.find(db, id, options);
      return experiment === undefined ? undefined : { ...experiment, created_at: new Date('0001-01-01T00:00:00Z') };
    },
  }),
  'lifecycle.spec.ts › an experiment is stored exactly as it was requested',
);

export const eventsGoToEveryTenant = fault(
  'eventLog',
  "a client receives no other tenant's events",
  (log) => ({ read: (db, tenant, after, limit) => log.read(ofEveryTenant(db), tenant, after, limit) }),
  "updates.spec.ts › a client receives no other tenant's events",
);

export const framesHoldSeveralMessages = fault(
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
  'eventLog',
  'a reconnecting client continues where its connection broke',
  (log) => ({ read: (db, tenant, after, limit) => log.read(db, tenant, after === 0 ? 0 : after + 1, limit) }),
  'updates.spec.ts › a reconnecting client continues where its connection broke',
);

export const busyNodesAreIgnored = fault(
  'creation',
  'a node serves one experiment at a time',
  (creation) => ({
    write: (db, batch) =>
      creation.write(
        db,
        batch.map((experiment) => ({ ...experiment, claims: [] })),
      ),
  }),
  'consistency.spec.ts › of twenty concurrent creates on one node, one succeeds and nineteen get the conflict error',
);

export const acceptedExperimentsAreLost = fault(
  'creation',
  'an accepted experiment exists',
  (creation) => ({
    async write(db, batch) {
      const busy = await creation.write(db, batch.slice(0, 20));
      return batch.map((_, place) => busy[place] ?? []);
    },
  }),
  'consistency.spec.ts › a thousand concurrent creates make exactly a thousand experiments',
);

export const totalCountsOnePage = fault(
  'experimentReader',
  'a page has the total number of experiments',
  (reader) => ({
    async list(db, tenant, query) {
      const page = await reader.list(db, tenant, query);
      return { ...page, total: page.experiments.length };
    },
  }),
  'validation.spec.ts › pages › a page has its size, number and links to its neighbours',
);

export const fullPagesAreFollowedByAnEmptyOne = fault(
  'experimentReader',
  'a list that fills its pages exactly has no page more',
  (reader) => ({
    async list(db, tenant, query) {
      const page = await reader.list(db, tenant, query);
      return { ...page, total: page.total % (query.per_page ?? 20) === 0 ? page.total + 1 : page.total };
    },
  }),
  'helpers/platform/experiments/gateway/presentation.test.ts › a list that fills its pages exactly has no page more',
);

export const tenantsAreWrittenTogether = fault(
  'creation',
  "a lock on one tenant's rows does not delay another tenant",
  () => ({ groupOf: () => 'everybody' }),
  "consistency.spec.ts › a lock on one tenant's rows does not delay another tenant",
);

const defaults = 'helpers/platform/experiments/gateway/routes/defaults.test.ts';

export const noProcessIsCritical = fault(
  'creation',
  'an experiment that names no critical process gets the usual ones',
  ({ write }) => ({
    write: (db, batch) =>
      write(
        db,
        batch.map((one) => ({ ...one, config: { ...one.config, critical_processes: [] } })),
      ),
  }),
  `${defaults} › an experiment that names no critical process and no load gets the usual ones`,
);

export const tokensEndBeforeTheySay = fault(
  'clock',
  'a login says when its token ends',
  (clock) => ({ now: () => new Date(clock.now().getTime() + 3_600_000) }),
  `${defaults} › a login says when its token ends`,
);
