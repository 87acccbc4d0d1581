import { db } from './db.js';
import { ApiError } from './errors.js';
import { events } from './events.js';
import { jobs } from './jobs.js';
import {
  answers,
  ChangeTask,
  Id,
  NewComment,
  NewTask,
  Page,
  RequestKey,
  Summary,
  Task,
  Tasks,
  withBody,
} from './schemas.js';
import { tasks } from './tasks.js';

const notFound = () => new ApiError(404, 'There is no such task');

/** What each operation does for a tenant, in one transaction: `(client, request) => { status, body }`. */
export const handlers = {
  async create(client, { body, headers }) {
    const key = headers['idempotency-key'];
    const created = await tasks.insert(client, body, key);
    if (created === undefined) return { status: 200, body: await tasks.findByKey(client, key) };
    await events.append(client, 'task.created', created);
    await jobs.add(client, created.id);
    return { status: 201, body: created };
  },

  list: async (client, { query }) => ({ status: 200, body: { tasks: await tasks.list(client, query) } }),

  async get(client, { params }) {
    const found = await tasks.find(client, params.id);
    if (found === undefined) throw notFound();
    return { status: 200, body: found };
  },

  async change(client, { params, body }) {
    const changed = await tasks.change(client, params.id, body);
    if (changed === undefined) {
      if ((await tasks.find(client, params.id)) === undefined) throw notFound();
      throw new ApiError(409, 'The task has changed meanwhile: read it again');
    }
    await events.append(client, 'task.changed', changed);
    if (body.title !== undefined || body.description !== undefined) await jobs.add(client, changed.id);
    return { status: 200, body: changed };
  },

  async remove(client, { params }) {
    const removed = await tasks.remove(client, params.id);
    if (removed === undefined) throw notFound();
    await events.append(client, 'task.removed', removed);
    return { status: 204 };
  },

  async comment(client, { params, body }) {
    const commented = await tasks.comment(client, params.id, body.text);
    if (commented === undefined) throw notFound();
    await events.append(client, 'task.commented', commented);
    if (commented.status === 'done') throw new ApiError(409, 'The task is done: open it again to comment on it');
    return { status: 201, body: commented };
  },

  summary: async (client) => ({ status: 200, body: await tasks.summary(client) }),
};

/** Adds the routes of tasks. Each runs its handler as the tenant of the request. */
export function taskRoutes(server) {
  const route = (method, url, operationId, schema) =>
    server.route({
      method,
      url,
      schema: { ...schema, operationId, security: [{ token: [] }] },
      async handler(request, reply) {
        const { status, body } = await db.asTenant(request.tenant, (client) => handlers[operationId](client, request));
        return reply.code(status).send(body);
      },
    });

  route('POST', '/tasks', 'create', {
    headers: RequestKey,
    body: NewTask,
    response: answers({ 200: Task, 201: Task }, ...withBody),
  });
  route('GET', '/tasks', 'list', { querystring: Page, response: answers({ 200: Tasks }) });
  route('GET', '/tasks/:id', 'get', { params: Id, response: answers({ 200: Task }, 404, 414) });
  route('PATCH', '/tasks/:id', 'change', {
    params: Id,
    body: ChangeTask,
    response: answers({ 200: Task }, 404, 409, 414, ...withBody),
  });
  route('DELETE', '/tasks/:id', 'remove', {
    params: Id,
    response: answers({ 204: { type: 'null' } }, 404, 414, ...withBody),
  });
  route('POST', '/tasks/:id/comments', 'comment', {
    params: Id,
    body: NewComment,
    response: answers({ 201: Task }, 404, 409, 414, ...withBody),
  });
  route('GET', '/summary', 'summary', { response: answers({ 200: Summary }) });
}
