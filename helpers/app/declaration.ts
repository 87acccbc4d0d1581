import { z } from 'zod';
import { didYouMean } from '../lib/suggestion.ts';
import { UsageError } from '../lib/usage.ts';
import { type AppDeclaration, keyAlgorithms, secretAlgorithms } from './options.ts';

const aFunction = z.custom<unknown>((value) => typeof value === 'function', 'expected a function');
const text = z.string('expected a text').min(1, 'expected a text that is not empty');
const place = z.union([text, z.instanceof(URL)], 'expected a path or a URL');
const positive = z.number('expected milliseconds').positive('expected milliseconds, more than 0');

const aCommand = 'expected a line for the shell, or a program and its arguments';

const service = z.strictObject({
  command: z.union([text, z.array(text).min(1, aCommand)], aCommand),
  ready: z.union([text, z.instanceof(RegExp)], "expected a path such as '/health', or a regular expression").optional(),
  env: z.union([aFunction, z.record(z.string(), z.unknown())], 'expected variables, or a function').optional(),
  cwd: place.optional(),
  timeout: positive.optional(),
});

const sent = { header: aFunction.optional() };
const signed = { ...sent, claims: aFunction.optional(), lifetime: positive.optional(), keyId: text.optional() };

const secretTokens = z.strictObject({ ...signed, algorithm: z.enum(secretAlgorithms), secret: text });
const keyTokens = z.strictObject({ ...signed, algorithm: z.enum(keyAlgorithms), privateKey: text });
const signedBy = z.union(
  [
    z.strictObject({ algorithm: z.enum(secretAlgorithms), secret: text }),
    z.strictObject({ algorithm: z.enum(keyAlgorithms), privateKey: text }),
  ],
  'expected { algorithm, secret } or { algorithm, privateKey }',
);
const signInTokens = z.strictObject({ ...sent, signIn: aFunction, signedBy: signedBy.optional() });

const declaration = z.strictObject({
  services: z.record(z.string(), service, 'expected services by name').optional(),
  schema: z.unknown().optional(), // checked where it is used
  tables: z.unknown().optional(),
  dataset: z.unknown().optional(),
  tokens: z.unknown().optional(),
  register: aFunction.optional(),
  removeTenant: aFunction.optional(),
  page: aFunction.optional(),
  urls: z.record(z.string(), z.url({ protocol: /^https?$/, error: 'expected http://host:port' })).optional(),
});

/** @throws UsageError in one sentence that names the first mistake and its place. */
export function checkDeclaration(options: object): void {
  check(declaration, options, 'appOptions');
  const { tokens } = options as { readonly tokens?: object };
  if (tokens !== undefined) check(tokensLike(tokens), tokens, 'appOptions.tokens');
}

/**
 * The addresses of services that something else has started, by name: with TARGET=remote those of the environment,
 * where one without a name is that of the first service, or else of the declaration; otherwise those of a declaration
 * that has no services to start. Undefined when there are none.
 */
export function addressesOf(
  { services = {}, urls = {} }: Pick<AppDeclaration, 'services' | 'urls'>,
  { target, app }: { readonly target: string; readonly app: { readonly urls: Readonly<Record<string, string>> } },
): Readonly<Record<string, string>> | undefined {
  if (target !== 'remote' && Object.keys(services).length > 0) return undefined;
  const { '': unnamed, ...named } = target === 'remote' ? app.urls : {};
  const [first = 'app'] = Object.keys(services);
  const all = { ...urls, ...(unnamed === undefined ? {} : { [first]: unnamed }), ...named };
  const withoutSlash = Object.entries(all).map(([name, url]) => [name, url.replace(/[/]+$/, '')] as const);
  return withoutSlash.length === 0 ? undefined : Object.fromEntries(withoutSlash);
}

function tokensLike(tokens: object) {
  if (tokens === null || typeof tokens !== 'object')
    throw new UsageError('appOptions.tokens is wrong: expected { algorithm, secret or privateKey } or { signIn }.');
  if ('signIn' in tokens) return signInTokens;
  const { algorithm } = tokens as { readonly algorithm?: unknown };
  if ((secretAlgorithms as readonly unknown[]).includes(algorithm)) return secretTokens;
  if ((keyAlgorithms as readonly unknown[]).includes(algorithm)) return keyTokens;
  const known = [...secretAlgorithms, ...keyAlgorithms];
  throw new UsageError(
    `appOptions.tokens.algorithm is wrong: it is ${JSON.stringify(algorithm)}, ` +
      `and known are ${known.join(', ')}; or give \`signIn\`, a function.`,
  );
}

function check(shape: z.ZodObject, value: object, at: string): void {
  const result = shape.safeParse(value);
  if (result.success) return;
  const [issue] = result.error.issues;
  const where = [at, ...issue!.path.map(String)].join('.');
  if (issue!.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const known = keysAt(shape, issue.path);
    throw new UsageError(`${where} has no '${key}': ${didYouMean(key!, known) ?? `known are ${known.join(', ')}.`}`);
  }
  const found = issue!.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  throw new UsageError(`${where} ${found === undefined ? 'is missing' : 'is wrong'}: ${issue!.message}.`);
}

/** The keys of an object of a declaration: of a service, or of the whole. */
function keysAt(shape: z.ZodObject, path: readonly PropertyKey[]): string[] {
  return Object.keys(path[0] === 'services' ? service.shape : shape.shape);
}
