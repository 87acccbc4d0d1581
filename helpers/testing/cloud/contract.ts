import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as sdk from '@aws-sdk/client-ecs';
import { check } from '../../cloud/wire/check.ts';
import { findError, findOperation, type Shape } from '../../cloud/wire/model.ts';

/** An answer as transmitted. */
export interface Exchange {
  readonly operation: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Errors of AWS JSON services that are in no model. */
const common = new Set([
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

const types = path.join(path.dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-ecs')), '../dist-types');
const enums = readEnums();

/**
 * How an answer breaks the service's own model, from the SDK: shapes, required members, enumerations, names of errors.
 */
export function complaintsAbout({ operation, status, headers, body }: Exchange): string[] {
  const model = findOperation(operation);
  if (model === undefined) return [`The service has no ${operation}.`];
  const complaints =
    headers['content-type'] === 'application/x-amz-json-1.1' ? [] : [`The content type is ${headers['content-type']}.`];
  if (status === 200) return [...complaints, ...problemsOf(body, model.output)];
  const { __type: name, ...rest } = body as { __type: string };
  if (status !== 400) complaints.push(`The status of ${name} is ${status}.`);
  if (common.has(name)) return complaints;
  if (!errorsOf(operation).includes(name)) complaints.push(`${operation} has no error ${name}.`);
  return [...complaints, ...problemsOf(rest, findError(name)!)];
}

function problemsOf(value: unknown, shape: Shape): string[] {
  return [
    ...check(value, shape).map(({ path: place, problem, message }) => `${place}: ${problem}: ${message}`),
    ...wrongEnums(value, shape),
  ];
}

function wrongEnums(value: unknown, shape: Shape): string[] {
  if (value === null || value === undefined) return [];
  if (shape.kind === 'list') return (value as unknown[]).flatMap((item) => wrongEnums(item, shape.of));
  if (shape.kind === 'map') return Object.values(value).flatMap((item) => wrongEnums(item, shape.of));
  if (shape.kind !== 'structure') return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const member = shape.members.get(key);
    const allowed = enums.get(`${shape.name}.${key}`);
    const wrong = allowed === undefined ? [] : [item].flat().filter((one) => !allowed.includes(String(one)));
    return [
      ...wrong.map((one) => `${shape.name}.${key} cannot be ${String(one)}.`),
      ...(member === undefined ? [] : wrongEnums(item, member())),
    ];
  });
}

/** The enumerated members, by structure and name, which only the type declarations contain. */
function readEnums(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const file of ['models_0.d.ts', 'models_1.d.ts']) {
    const text = readFileSync(path.join(types, 'models', file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    for (const [, structure, members] of text.matchAll(/export interface (\w+) \{([\s\S]*?)\n\}/g)) {
      for (const [, member, type] of members!.matchAll(/^\s*(\w+)\??: (\w+)(?:\[\])? \| undefined;/gm)) {
        const values = (sdk as unknown as Record<string, unknown>)[type!];
        if (typeof values === 'object')
          found.set(`${structure}.${member}`, Object.values(values as Record<string, string>));
      }
    }
  }
  return found;
}

/** The errors that an operation's documentation names. */
function errorsOf(operation: string): string[] {
  const text = readFileSync(path.join(types, 'commands', `${operation}Command.d.ts`), 'utf8');
  return [...text.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name!);
}
