import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { httpTimes, type RequestTimes } from '../../../lib/http-limits.ts';
import { WorkspaceError } from './errors.ts';
import { answer, answerError, type Fields, readFields, textField } from './http.ts';
import { type Door, keyHeader } from './key.ts';
import type { ExecuteRequest, InitRequest, Workspace } from './workspace.ts';

/** Part of an address. */
const sessionForm = /^[\w-]{1,128}$/;
/** The name of a branch (`git check-ref-format`), in small letters, since some file systems ignore case. */
const threadForm = /^(?!main$)[a-z0-9](?:[a-z0-9_-]|\.(?!\.|lock$|$)){0,99}$/;
const threadMeaning = 'the name of a branch other than main, of small letters, digits, hyphens, underscores and dots';
const instructionForm = /^[\w-]{1,128}$/;
const baseForm = /^(?:\/[\w-]+)+\/$/;

type Route = (workspace: Workspace, fields: Fields) => Promise<object> | object;

const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/api/init': { POST: (workspace, fields) => workspace.init(initRequest(fields)) },
  '/api/execute': { POST: (workspace, fields) => workspace.execute(executeRequest(fields)) },
  '/api/interrupt': { POST: async (workspace) => ({ interrupted: await workspace.interrupt() }) },
  '/api/status': { GET: (workspace) => workspace.status() },
  '/api/git/log': {
    GET: (workspace, { thread }) =>
      workspace.log(thread === undefined ? undefined : textField({ thread }, 'thread', threadForm, threadMeaning)),
  },
  '/api/git/status': { GET: (workspace) => workspace.changes() },
};

/** The undocumented API of a container: method and path. */
export const workspaceOperations: readonly string[] = Object.entries(routes).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method} ${path}`),
);

/** The HTTP server of a container, for requests with its key; it does not listen yet. */
export function serveWorkspace(workspace: Workspace, door: Door, key: string, times: RequestTimes): Server {
  const isLetIn = ({ headers }: IncomingMessage): boolean => door.isOpenTo([headers[keyHeader]].flat()[0], key);
  const server = createServer(httpTimes(times), (request, response) => {
    const answered = isLetIn(request)
      ? handle(workspace, request, response)
      : Promise.reject(new WorkspaceError('UNAUTHENTICATED', 'The key of the container is needed'));
    answered.catch((error: unknown) => answerError(response, error));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined); // followed by its close
    if (!isLetIn(request))
      return void socket.end(`HTTP/1.1 401 ${STATUS_CODES[401]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    const taken = workspace.previewAt(pathOf(request))?.upgrade(request, socket, head) ?? false;
    if (!taken) socket.end(`HTTP/1.1 404 ${STATUS_CODES[404]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}

async function handle(workspace: Workspace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (path === '/health') return answer(response, 200, { status: 'healthy', sessionId: workspace.sessionId });
  const methods = routes[path];
  if (methods !== undefined) {
    const route = methods[request.method!];
    if (route === undefined)
      throw new WorkspaceError('METHOD_NOT_ALLOWED', `${path} is for ${Object.keys(methods).join(', ')}`);
    return answer(response, 200, {
      success: true,
      ...(await route(workspace, request.method === 'POST' ? await readFields(request) : queryOf(request))),
    });
  }
  const preview = workspace.previewAt(path);
  if (preview !== undefined) return preview.handle(request, response);
  if (workspace.previewAt(`${path}/`) !== undefined)
    return void response.writeHead(302, { location: `${path}/` }).end();
  throw new WorkspaceError('NOT_FOUND', `There is nothing at ${path}`);
}

function initRequest(fields: Fields): InitRequest {
  const sessionId = textField(fields, 'sessionId', sessionForm, 'of letters, digits, hyphens and underscores');
  return {
    sessionId,
    ...ownerOf(fields),
    base: textField(
      { base: `/session/${sessionId}/`, ...fields },
      'base',
      baseForm,
      'a path that begins and ends with a slash',
    ),
  };
}

function executeRequest(fields: Fields): ExecuteRequest {
  return {
    instruction: textField(fields, 'instruction'),
    instructionId:
      fields['instructionId'] === undefined
        ? undefined
        : textField(fields, 'instructionId', instructionForm, 'of letters, digits, hyphens and underscores'),
    ...ownerOf(fields),
  };
}

function ownerOf(fields: Fields): Pick<InitRequest, 'clientId' | 'userId' | 'threadId'> {
  return {
    clientId: textField(fields, 'clientId'),
    userId: textField(fields, 'userId'),
    threadId: textField(fields, 'threadId', threadForm, threadMeaning),
  };
}

function queryOf({ url = '/' }: IncomingMessage): Fields {
  return Object.fromEntries(new URL(url, 'http://workspace').searchParams);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/[?#].*/s, '');
}
