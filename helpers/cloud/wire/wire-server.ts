import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { httpTimes, type RequestTimes } from '../../lib/http-limits.ts';
import { CloudError } from '../errors.ts';
import { check } from './check.ts';
import type { Bodies } from './json.ts';
import { findOperation } from './model.ts';
import type { Signatures, Signer } from './signature.ts';

const target = 'AmazonEC2ContainerServiceV20141113.';
const contentType = 'application/x-amz-json-1.1';

/** A service: whose requests it accepts, and how it answers. */
export interface Service extends Signer {
  /** Checks who signed a request. */
  readonly signatures: Signatures;
  /** Reads their bodies. */
  readonly bodies: Bodies;
  /** For a client to send its request. */
  readonly times: RequestTimes;
  /** What a container may learn, by its secret path, without a signature; undefined when there is nothing. */
  readonly metadata: (path: string) => Promise<unknown>;
  /** Undefined when there is no operation of this name. @throws CloudError */
  readonly answer: (operation: string, input: unknown) => unknown;
}

/**
 * The service's protocol, AWS JSON 1.1: a POST to `/` with the operation in `X-Amz-Target` and JSON both ways, times as
 * seconds since 1970, errors with their name in `__type`. Requests have to be signed, see `signature.ts`; without the
 * right key's name only the head of a request is read.
 */
export function wireServer(service: Service): Server {
  return createServer(httpTimes(service.times), (request, response) => void handle(request, response, service));
}

async function handle(request: IncomingMessage, response: ServerResponse, service: Service): Promise<void> {
  try {
    if (request.method === 'GET' && request.url?.startsWith('/v4/') === true)
      return tell(response, await service.metadata(request.url));
    send(response, 200, serialize(await answer(request, service))); // ignored if the client has gone
  } catch (error) {
    // The rest of the body is not read.
    if (!request.complete) response.setHeader('connection', 'close').once('finish', () => request.destroy());
    if (error instanceof CloudError)
      send(response, 400, JSON.stringify({ __type: error.name, message: error.message }));
    else send(response, 500, JSON.stringify({ __type: 'ServerException', message: String(error) }));
  }
}

async function answer(request: IncomingMessage, service: Service): Promise<unknown> {
  const { method, headers } = request;
  const claim = service.signatures.claimOf(request, service);
  const body = await read(request, service.bodies);
  await service.signatures.check(request, body, claim, service);
  const wanted = String(headers['x-amz-target'] ?? '');
  const name = wanted.startsWith(target) ? wanted.slice(target.length) : '';
  const model = findOperation(name);
  if (method !== 'POST' || model === undefined)
    throw new CloudError('UnknownOperationException', `There is no operation ${wanted || 'without a name'}.`);
  const input = service.bodies.parse(body);
  // The service ignores unknown members.
  const complaints = check(input, model.input).filter(({ problem }) => problem !== 'unknown');
  const wrongType = complaints.find(({ problem }) => problem === 'type');
  if (wrongType !== undefined) throw new CloudError('SerializationException', wrongType.message);
  if (complaints[0] !== undefined) throw CloudError.invalid(`${complaints[0].message}.`);
  return service.answer(name, input);
}

/** @throws CloudError when the body is larger than any request; the rest is not read. */
async function read(request: IncomingMessage, { longest }: Bodies): Promise<string> {
  const tooLarge = new CloudError('RequestEntityTooLargeException', `A request has at most ${longest} bytes.`);
  if (Number(request.headers['content-length']) > longest) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Answers a container. */
function tell(response: ServerResponse, known: unknown): void {
  const [status, body] = known === undefined ? [404, { message: 'There is no such metadata.' }] : [200, known];
  send(response, status, JSON.stringify(body), 'application/json');
}

function send(response: ServerResponse, status: number, body: string, type = contentType): void {
  response
    .writeHead(status, {
      'content-type': type,
      'x-amzn-requestid': randomUUID(),
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}

/** Dates become seconds since 1970. */
function serialize(value: unknown): string {
  return JSON.stringify(value, function replace(this: Record<string, unknown>, key: string, item: unknown) {
    const original = this[key]; // JSON has already converted a date to text
    return original instanceof Date ? original.getTime() / 1000 : item;
  });
}
