import fc from 'fast-check';
import { brokenArbitrary, partlyBroken } from './broken.ts';
import type { Operation, Parameter } from './document.ts';
import type { Schema } from './json-schema.ts';
import { type Examples, namedArbitrary, validArbitrary } from './valid.ts';

export interface GeneratedRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RequestOptions {
  /** A valid `Authorization` header. Sent to secured operations, except by some of the broken requests. */
  readonly authorization?: string;
  /** Values known to be valid, by parameter or body property, which are mostly used instead of generated ones. */
  readonly examples?: Examples;
}

/** What one part of a description contributes to a request. */
interface Part {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A part as documented and, where possible, a broken one. */
interface Choice {
  readonly valid: fc.Arbitrary<Part>;
  readonly broken?: fc.Arbitrary<Part>;
}

type Texts = Readonly<Record<string, fc.Arbitrary<string>>>;

/** Generates requests to an operation: half of them as documented, half with at least one broken part. */
export function requestArbitrary(operation: Operation, options: RequestOptions = {}): fc.Arbitrary<GeneratedRequest> {
  const choices = choicesOf(operation, options);
  const broken = Object.fromEntries(
    Object.entries(choices).flatMap(([name, choice]) => (choice.broken ? [[name, choice.broken]] : [])),
  );
  const valid = validParts(choices);
  return fc
    .oneof(valid, partlyBroken(valid, broken, operation.requestBody && 'body'))
    .map((parts) => composed(operation, parts));
}

/** Generates requests to an operation as it is documented. */
export function validRequestArbitrary(
  operation: Operation,
  options: RequestOptions = {},
): fc.Arbitrary<GeneratedRequest> {
  return validParts(choicesOf(operation, options)).map((parts) => composed(operation, parts));
}

type Parts = Readonly<Record<string, Part>>;
type Choices = Readonly<Record<string, Choice>>;

function choicesOf(
  { method, path, parameters, secured, requestBody }: Operation,
  { authorization, examples = {} }: RequestOptions,
): Choices {
  const of = (place: Parameter['in']): Parameter[] => parameters.filter((parameter) => parameter.in === place);
  return {
    path: pathChoice(path, of('path'), examples),
    query: queryChoice(of('query'), examples),
    headers: headersChoice(of('header'), examples),
    authorization: authorizationChoice(secured, authorization),
    body: bodyChoice(method, requestBody, examples),
  };
}

function validParts(choices: Choices): fc.Arbitrary<Parts> {
  return fc.record(Object.fromEntries(Object.entries(choices).map(([name, choice]) => [name, choice.valid])));
}

function composed({ method }: Operation, { path: { url = '' } = {}, query = {}, ...others }: Parts): GeneratedRequest {
  return {
    method,
    url: `${url}${query.url}`,
    headers: Object.assign({}, ...Object.values(others).map(({ headers }) => headers)) as Record<string, string>,
    ...(others['body']?.body === undefined ? {} : { body: others['body'].body }),
  };
}

function pathChoice(path: string, parameters: readonly Parameter[], examples: Examples): Choice {
  // Clients resolve dots, and an empty segment makes another path, so another operation would answer.
  const segment = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    values
      .map(textOf)
      .filter((text) => !/^\.{0,2}$/.test(text))
      .map(encode);
  return choiceOf(
    byName(parameters, (parameter) => segment(validValues(parameter, examples))),
    byName(parameters, (parameter) =>
      fc.oneof(segment(brokenValues(parameter, examples)), fc.uuid(), fc.constantFrom(...malformed)),
    ),
    (texts) => ({ url: path.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => texts[name]!) }),
  );
}

function queryChoice(parameters: readonly Parameter[], examples: Examples): Choice {
  const pairs = ({ name }: Parameter, values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    values.map((value) =>
      [value]
        .flat()
        .map((one) => `${encode(name)}=${encode(textOf(one))}`)
        .join('&'),
    );
  const valid = (parameter: Parameter): fc.Arbitrary<string> => pairs(parameter, validValues(parameter, examples));
  // The empty name stands for a query with additional parameters, which only a broken query has.
  return choiceOf(
    { ...byName(parameters, (parameter) => unlessLeftOut(parameter, valid(parameter))), '': fc.constant('') },
    {
      ...byName(parameters, (parameter) =>
        fc.oneof(
          pairs(parameter, brokenValues(parameter, examples)),
          fc.tuple(valid(parameter), valid(parameter)).map((twice) => twice.join('&')),
          fc.constantFrom('', ...malformed.map((text) => `${encode(parameter.name)}=${text}`)),
        ),
      ),
      '': fc.constantFrom(
        'unknown=1',
        '__proto__=1',
        '__proto__[isAdmin]=1',
        'constructor[prototype]=1',
        '%zz',
        '=',
        '&&',
        '?',
      ),
    },
    (texts) => ({
      url: Object.values(texts)
        .filter(Boolean)
        .map((text, index) => `${index === 0 ? '?' : '&'}${text}`)
        .join(''),
    }),
  );
}

function headersChoice(parameters: readonly Parameter[], examples: Examples): Choice {
  // OpenAPI ignores these three.
  const described = parameters.filter(({ name }) => !/^(accept|content-type|authorization)$/i.test(name));
  const sendable = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    values.map((value) =>
      textOf(value)
        .slice(0, longest)
        .replaceAll(/[^ -~]/g, '?')
        .trim(),
    );
  return choiceOf(
    byName(described, (parameter) => unlessLeftOut(parameter, sendable(validValues(parameter, examples)))),
    byName(described, (parameter) => fc.oneof(sendable(brokenValues(parameter, examples)), fc.constant(''))),
    (texts) => ({ headers: Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) }),
  );
}

function authorizationChoice(secured: boolean, authorization: string | undefined): Choice {
  if (!secured) return { valid: fc.constant({}) };
  const header = (text: string): Part => ({ headers: { authorization: text } });
  const garbage = [
    '',
    'Bearer',
    'Bearer garbage',
    'Bearer a.b.c',
    'Basic YTpi',
    `Bearer ${'x'.repeat(longest)}`,
    `${authorization ?? 'Bearer '}x`,
  ];
  return {
    valid: fc.constant(authorization === undefined ? {} : header(authorization)),
    broken: fc.constantFrom({}, ...garbage.map(header)),
  };
}

function bodyChoice(method: string, schema: Schema | undefined, examples: Examples): Choice {
  const context = { root: schema ?? {}, examples, depth: 0 };
  const valid = schema ? validArbitrary(schema, context).map((value) => JSON.stringify(value)) : fc.constant('{}');
  const damaged = fc.tuple(valid, fc.constantFrom(...damages)).map(([text, damage]) => damage(text));
  // Clients send none with GET and HEAD.
  if (schema === undefined) return { valid: fc.constant({}), ...(/GET|HEAD/.test(method) ? {} : { broken: damaged }) };
  const broken = brokenArbitrary(schema, context).map((value) => json(JSON.stringify(value)));
  return {
    valid: valid.map(json),
    broken: fc.oneof({ weight: 3, arbitrary: broken }, { weight: 1, arbitrary: damaged }),
  };
}

const typed =
  (type: string) =>
  (body: string): Part => ({ headers: { 'content-type': type }, body });
const json = typed('application/json');

/** Ways in which a body's text can be damaged. */
const damages: readonly ((text: string) => Part)[] = [
  () => ({}),
  () => json(''),
  () => json('no JSON'),
  (text) => json(text.slice(0, -1)),
  (text) => json(`\ufeff${text}`),
  (text) => json(text.replace(/\d+/, '1e999')),
  (text) => json(text.replace('{', '{"__proto__":{"isAdmin":true},')),
  () => json('['.repeat(10_000) + ']'.repeat(10_000)),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-16',
    'nonsense',
  ].map(typed),
];

/** Invalid encodings that a server may stumble over, and that clients send unchanged. */
const malformed = ['%', '%zz', '%c0%af', '%ED%A0%80', '%00', '%2e%2e%2f'];
/** The length of a text in a URL or a header; together these must fit into the 16 KB that Node reads. */
const longest = 2_000;

function choiceOf(valid: Texts, broken: Texts, compose: (texts: Readonly<Record<string, string>>) => Part): Choice {
  const right = fc.record(valid);
  return {
    valid: right.map(compose),
    ...(Object.keys(broken).length === 0 ? {} : { broken: partlyBroken(right, broken).map(compose) }),
  };
}

const byName = (parameters: readonly Parameter[], texts: (parameter: Parameter) => fc.Arbitrary<string>): Texts =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, texts(parameter)]));
const validValues = ({ name, schema }: Parameter, examples: Examples): fc.Arbitrary<unknown> =>
  namedArbitrary(name, schema, { root: schema, examples, depth: 0 });
const brokenValues = ({ schema }: Parameter, examples: Examples): fc.Arbitrary<unknown> =>
  brokenArbitrary(schema, { root: schema, examples, depth: 0 });
const unlessLeftOut = ({ required }: Parameter, texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  required ? texts : fc.oneof(texts, fc.constant(''));
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** Half a surrogate pair has no encoding, so it gets the bytes that its number would have. */
const encode = (text: string): string =>
  Array.from(text.slice(0, longest), (character) =>
    /\p{Cs}/u.test(character) ? '%ED%A0%80' : encodeURIComponent(character),
  ).join('');
