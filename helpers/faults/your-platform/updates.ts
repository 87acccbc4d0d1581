import type { ClientBase } from 'pg';
import { faultsOf } from '../fault.ts';
import { claimsOf } from './common.ts';
import type { TrackerParts } from './parts.ts';

const fault = faultsOf('your-platform');

// Each tenant is told of its own tasks: everything, once, and in order. And the API is as its document says.

export const everyTenantIsToldOfEveryTask = fault(
  'updates',
  'no tenant is told of the tasks of another',
  (_, { db, events }) => ({ read: ({ last }) => db.asSystem((client) => events.after(client, last, 100)) }),
  "updates.spec.ts › no tenant is told of another tenant's task",
);

export const updatesAreSentTwice = fault(
  'updates',
  'a client is told of each task once',
  ({ send }) => ({
    send(subscriber, event) {
      send(subscriber, event);
      send(subscriber, event);
    },
  }),
  'updates.spec.ts › a client is told of each task once, in order',
);

export const onlyTheNewestClientIsTold = fault(
  'updates',
  'every client of a tenant is told',
  ({ subscribers }) => ({ add: (subscriber) => void subscribers.set(subscriber.tenant, new Set([subscriber])) }),
  'updates.spec.ts › every client of a tenant is told of its task',
);

export const clientsThatComeBackAreNotToldWhatTheyMissed = fault(
  'updates',
  'a client that comes back is told what it has missed',
  ({ identify }) => ({ identify: (request) => ({ ...identify(request), after: undefined }) }),
  'updates.spec.ts › a client that comes back is told what it has missed',
);

export const tokensOfSocketsAreNotVerified = fault(
  'updates',
  'a WebSocket needs a valid token',
  ({ identify }) => ({
    identify(request) {
      const { authorization } = request.headers;
      return authorization === undefined
        ? identify(request)
        : { tenant: claimsOf(authorization).org, after: undefined };
    },
  }),
  'updates.spec.ts › a client without a valid token is told of no task',
);

export const refusedRequestsAreTold = fault(
  'events',
  'a refused request is told to no client',
  (events, { db }) => ({
    async append(client, type, task) {
      await db.asTenant(await tenantOf(client), (own) => events.append(own, type, task));
    },
  }),
  'updates.spec.ts › a refused request is told to no client',
);

export const updatesWaitInMemory = fault(
  'events',
  'a killed API loses no update',
  (events, { db }) => ({
    append: (client, type, task) => later(db, client, (own) => events.append(own, type, task)),
  }),
  'updates.spec.ts › no update is lost when a service is killed',
);

export const listeningEndsWithItsConnection = fault(
  'notifications',
  'updates go on after the database was restarted',
  () => ({ reconnect: () => Promise.resolve() }),
  'updates.spec.ts › updates go on after the database has ended its connections',
);

export const unstorableTextsAreADefect = fault(
  'errors',
  'no request is answered with 500',
  ({ answerOf }) => ({
    answerOf: (error) =>
      error.code?.startsWith('22') === true ? { status: 500, message: error.message } : answerOf(error),
  }),
  'openapi.spec.ts › every answer to generated requests is documented, and none is a 5xx',
);

export const theSummaryIsOpenToAll = fault(
  'access',
  'no operation is answered without a token',
  ({ isOpen }) => ({ isOpen: (route) => isOpen(route) || route === '/summary' }),
  'openapi.spec.ts › no operation is answered without a token',
);

/** The tenant of a transaction. */
async function tenantOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ tenant: string }>("SELECT current_setting('app.tenant_id') AS tenant");
  return rows[0]!.tenant;
}

/** Does as the tenant of a transaction what belongs into it, some time after it. */
async function later(
  db: TrackerParts['db'],
  client: ClientBase,
  work: (client: ClientBase) => Promise<void>,
): Promise<void> {
  const tenant = await tenantOf(client);
  setTimeout(() => void db.asTenant(tenant, work).catch(() => undefined), 200);
}
