import { randomInt } from 'node:crypto';
import { attribute, errorAbout, type ResourceDefinition, schemaOf } from '../../../../terraform/server/index.ts';
import type { Diagnostic, Values } from '../../../../terraform/index.ts';
import { keepers, replacing } from './planning.ts';

/** The kinds of characters, and those of each. */
const kinds = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  numeric: '0123456789',
  special: '!@#$%&*()-_=+[]{}<>:?',
} as const;
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];
const flags = [...names, 'number'] as const; // the former name of `numeric`
const minima = names.map((kind) => `min_${kind}` as const);

const defaults: Values = Object.fromEntries([
  ...flags.map((flag) => [flag, true] as const),
  ...minima.map((name) => [name, 0] as const),
]);

const inputs = [
  keepers,
  attribute('length', 'number', 'required'),
  ...flags.map((flag) => attribute(flag, 'bool', 'optional computed')),
  ...minima.map((name) => attribute(name, 'number', 'optional computed')),
  attribute('override_special', 'string', 'optional'),
];

const common = {
  validate,
  plan: (change) => {
    const numeric = change.config['numeric'] ?? change.config['number'] ?? true; // one stands for the other
    const plan = replacing([...flags, ...minima, 'length', 'override_special'], {
      ...defaults,
      numeric,
      number: numeric,
    });
    return plan(change);
  },
} satisfies Partial<ResourceDefinition>;

export const randomString: ResourceDefinition = {
  ...common,
  schema: schemaOf(2, ...inputs, attribute('result', 'string', 'computed'), attribute('id', 'string', 'computed')),
  create: (planned) => {
    const result = generate(planned);
    return { ...planned, result, id: result };
  },
  import: (result) => ({ ...imported(result), id: result }),
  upgrade: (state) => upgraded(state),
};

export const randomPassword: ResourceDefinition = {
  ...common,
  schema: schemaOf(
    3,
    ...inputs,
    attribute('result', 'string', 'computed', { sensitive: true }),
    attribute('bcrypt_hash', 'string', 'computed', { sensitive: true }),
    attribute('id', 'string', 'computed'),
  ),
  create: async (planned) => withHash({ ...planned, result: generate(planned), id: 'none' }),
  import: async (result) => withHash({ ...imported(result), id: 'none' }),
  upgrade: async (state) => (state['bcrypt_hash'] ? upgraded(state) : withHash(upgraded(state))),
};

function validate(config: Values): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const refuse = (name: string, text: string): void =>
    void diagnostics.push(errorAbout(name, 'Invalid Attribute Value', `Attribute ${name} value must be ${text}`));
  const length = config['length'];
  const sum = minima.reduce((total, name) => total + Number(config[name] ?? 0), 0);
  if (typeof length === 'number' && length < 1) refuse('length', `at least 1, got: ${length}`);
  if (typeof length === 'number' && length < sum)
    refuse('length', `at least sum of ${minima.join(' + ')}, got: ${length}`);
  if (names.every((kind) => config[kind] === false))
    diagnostics.push(
      errorAbout(
        'numeric',
        'Invalid Attribute Combination',
        `At least one attribute out of [${names.join(',')}] must be specified as true`,
      ),
    );
  if (typeof config['number'] === 'boolean' && config['numeric'] === !config['number'])
    diagnostics.push(
      errorAbout(
        undefined,
        'Number and numeric are both configured with different values',
        'Number is deprecated, use numeric instead',
      ),
    );
  return diagnostics;
}

/** At least so many of each kind, the rest of all that are allowed, in an order by chance. */
function generate(planned: Values): string {
  const special = (planned['override_special'] as string | null) || kinds.special;
  const all = { ...kinds, special };
  const allowed = names.filter((kind) => planned[kind] === true).map((kind) => all[kind]);
  const characters = names.flatMap((kind) => pick(all[kind], planned[`min_${kind}`] as number));
  const result = [...characters, ...pick(allowed.join(''), (planned['length'] as number) - characters.length)];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result.join('');
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)]!);
}

function imported(result: string): Values {
  return { ...defaults, keepers: null, override_special: null, length: result.length, result };
}

/** Earlier versions know no `numeric`, and may have stored nulls. */
function upgraded(state: Values): Values {
  const number = state['number'] ?? true;
  const known = Object.entries(state).filter(([, value]) => value !== null);
  return {
    ...defaults,
    keepers: null,
    override_special: null,
    length: (state['result'] as string).length,
    numeric: number,
    ...(Object.fromEntries(known) as Values),
  };
}

/** By a package that is loaded when a password is made, not at each start. */
async function withHash(state: Values): Promise<Values> {
  const { hash } = await import('bcryptjs');
  return { ...state, bcrypt_hash: await hash(state['result'] as string, 10) };
}
