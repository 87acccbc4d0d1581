import type { IncomingMessage, ServerResponse } from 'node:http';
import { WorkspaceError } from './errors.ts';

/** The longest instruction, with every character escaped. */
const longestBody = 512 * 1024;

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a JSON body. @throws WorkspaceError when it is malformed or too long. */
export async function readFields(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= longestBody) chunks.push(chunk); // the rest is read, so that the client gets the answer
  }
  if (length > longestBody) throw new WorkspaceError('PAYLOAD_TOO_LARGE', `A request has at most ${longestBody} bytes`);
  const fields = parse(Buffer.concat(chunks).toString('utf8'));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new WorkspaceError('VALIDATION_ERROR', 'The body is no JSON object');
  return fields as Fields;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** @throws WorkspaceError naming the field when it is missing, empty or malformed. */
export function textField(fields: Fields, name: string, form = /^/, what = 'a text'): string {
  const value = fields[name];
  if (value === undefined || value === null || value === '')
    throw new WorkspaceError('VALIDATION_ERROR', `${name} is missing`);
  if (typeof value !== 'string' || !form.test(value))
    throw new WorkspaceError('VALIDATION_ERROR', `${name} must be ${what}`);
  return value;
}

export function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text);
}

/** Answers with the error's status. Details of unexpected errors go to the log, not to the client. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof WorkspaceError))
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const { status, code, message } =
    error instanceof WorkspaceError ? error : new WorkspaceError('INTERNAL_ERROR', 'Something went wrong');
  answer(response, status, { success: false, error: { code, message } });
}
