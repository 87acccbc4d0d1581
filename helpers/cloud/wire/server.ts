import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { CloudError } from '../errors.ts';
import { check } from './check.ts';
import { findOperation } from './model.ts';

const target = 'AmazonEC2ContainerServiceV20141113.';
const contentType = 'application/x-amz-json-1.1';

/** Who may ask, and who answers. */
export interface Service {
  readonly accessKeyId: string;
  /** Undefined when there is no operation of that name. @throws CloudError */
  readonly answer: (operation: string, input: unknown) => unknown;
}

/**
 * The service's protocol, AWS JSON 1.1: a POST to `/` with the operation in `X-Amz-Target` and JSON both ways, times as
 * seconds since 1970, errors with their name in `__type`.
 */
export function wireServer(service: Service): Server {
  return createServer((request, response) => void handle(request, response, service));
}

async function handle(request: IncomingMessage, response: ServerResponse, service: Service): Promise<void> {
  try {
    send(response, 200, serialize(answer(request, await text(request), service))); // who goes away meanwhile hears nothing
  } catch (error) {
    if (error instanceof CloudError) send(response, 400, JSON.stringify({ __type: error.name, message: error.message }));
    else send(response, 500, JSON.stringify({ __type: 'ServerException', message: String(error) }));
  }
}

function answer({ method, headers }: IncomingMessage, body: string, service: Service): unknown {
  const wanted = String(headers['x-amz-target'] ?? '');
  const name = wanted.startsWith(target) ? wanted.slice(target.length) : '';
  const model = findOperation(name);
  if (method !== 'POST' || model === undefined) throw new CloudError('UnknownOperationException', `There is no operation ${wanted || 'without a name'}.`);
  const [, keyId] = /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  if (keyId !== service.accessKeyId) throw new CloudError('AccessDeniedException', 'The security token included in the request is invalid.');
  const input = parse(body);
  const complaints = check(input, model.input).filter(({ problem }) => problem !== 'unknown'); // which the service ignores
  const wrongType = complaints.find(({ problem }) => problem === 'type');
  if (wrongType !== undefined) throw new CloudError('SerializationException', wrongType.message);
  if (complaints[0] !== undefined) throw CloudError.invalid(`${complaints[0].message}.`);
  return service.answer(name, input);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body) as unknown;
  } catch {
    throw new CloudError('SerializationException', 'The body is no JSON.');
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': randomUUID(), 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Dates become seconds since 1970. */
function serialize(value: unknown): string {
  return JSON.stringify(value, function replace(this: Record<string, unknown>, key: string, item: unknown) {
    const original = this[key]; // a date has become text already
    return original instanceof Date ? original.getTime() / 1000 : item;
  });
}
