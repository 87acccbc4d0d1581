import { isDeepStrictEqual } from 'node:util';
import { ProviderError } from '../provider-error.ts';
import { type Attribute, type Block, eachObject, isObject, type Nesting, type Schema, type Type } from '../schema.ts';
import { Unknown, type Value, type Values } from './value.ts';

/** The type of a block's values: an object. */
export function typeOfBlock({ attributes, blocks }: Block): Type {
  return [
    'object',
    Object.fromEntries([
      ...attributes.map(({ name, type }) => [name, type] as const),
      ...blocks.map(({ name, nesting, block }) => [name, nested(nesting, typeOfBlock(block))] as const),
    ]),
  ];
}

/** The type of nested attributes or blocks. */
export function nested(nesting: Nesting, inner: Type): Type {
  return nesting === 'single' || nesting === 'group' ? inner : [nesting, inner];
}

/**
 * A configuration with every attribute and block of the schema: what is missing is null, or empty.
 * @throws ProviderError when an attribute is unknown or missing, or only the provider may set it.
 */
export function complete(what: string, { attributes, blocks }: Block, config: Values): Values {
  const values: Record<string, Value> = { ...config };
  const known = [...attributes, ...blocks].map(({ name }) => name);
  for (const name of Object.keys(config))
    if (!known.includes(name))
      throw new ProviderError(
        'UNKNOWN_ATTRIBUTE',
        `${what} has no attribute ${name}: it has ${known.toSorted().join(', ') || 'none'}.`,
      );
  for (const { name, required, optional, computed, nested: inner } of attributes) {
    const value = (values[name] ??= null);
    if (required && value === null) throw new ProviderError('INVALID_VALUE', `${what} needs the attribute ${name}.`);
    if (computed && !optional && !required && value !== null)
      throw new ProviderError('INVALID_VALUE', `${what} computes ${name}, so it cannot be set.`);
    if (inner !== undefined) {
      const block = { attributes: inner.attributes, blocks: [] };
      values[name] = eachObject(inner.nesting, value, (item) => complete(`${what}.${name}`, block, item));
    }
  }
  for (const { name, nesting, block } of blocks) {
    const value = values[name] ?? undefined;
    values[name] =
      value === undefined
        ? absent(nesting, block)
        : eachObject(nesting, value, (inner) => complete(`${what}.${name}`, block, inner));
  }
  return values;
}

/** A group is there also where it is not configured, without the attributes that it needs. */
function absent(nesting: Nesting, { attributes, blocks }: Block): Value {
  if (nesting === 'list' || nesting === 'set') return [];
  if (nesting !== 'group') return nesting === 'single' ? null : {};
  return Object.fromEntries([
    ...attributes.map(({ name }) => [name, null] as const),
    ...blocks.map(({ name, nesting: inner, block }) => [name, absent(inner, block)] as const),
  ]);
}

/**
 * The new state as Terraform proposes it to the provider: what is configured, and where the provider chooses a value
 * that is not configured, the one that it has chosen before.
 */
export function propose(schema: Schema, prior: Values | undefined, config: Values): Values {
  return proposeBlock(schema.block, prior, config);
}

function proposeBlock({ attributes, blocks }: Block, prior: Values | undefined, config: Values): Values {
  return Object.fromEntries([
    ...attributes.map((attribute) => [
      attribute.name,
      proposeAttribute(attribute, prior?.[attribute.name] ?? null, config[attribute.name] ?? null),
    ]),
    ...blocks.map(({ name, nesting, block }) => {
      const change = (before: Values | undefined, wanted: Values): Values => proposeBlock(block, before, wanted);
      return [name, proposeNested(nesting, prior?.[name] ?? null, config[name] ?? null, block.attributes, change)];
    }),
  ]) as Values;
}

function proposeAttribute({ computed, nested: inner }: Attribute, prior: Value, config: Value): Value {
  if (computed && config === null) return prior;
  if (inner === undefined) return config;
  const block = { attributes: inner.attributes, blocks: [] };
  return proposeNested(inner.nesting, prior, config, inner.attributes, (before, wanted) =>
    proposeBlock(block, before, wanted),
  );
}

/** Pairs each object of the configuration with the prior one: by index, by key, of a set by what is configured. */
function proposeNested(
  nesting: Nesting,
  prior: Value,
  config: Value,
  attributes: readonly Attribute[],
  change: (before: Values | undefined, wanted: Values) => Values,
): Value {
  const known = (value: Value | undefined): Values | undefined =>
    value !== undefined && isObject(value) ? value : undefined;
  if (Array.isArray(config)) {
    const before = (Array.isArray(prior) ? prior : []) as readonly Value[];
    const equals = (item: Value, wanted: Values): boolean =>
      isObject(item) &&
      attributes.every(
        ({ name, computed }) =>
          (computed && (wanted[name] ?? null) === null) || isDeepStrictEqual(item[name] ?? null, wanted[name] ?? null),
      );
    return (config as readonly Value[]).map((wanted, index) => {
      if (!isObject(wanted)) return wanted;
      return change(known(nesting === 'set' ? before.find((item) => equals(item, wanted)) : before[index]), wanted);
    });
  }
  if (!isObject(config)) return config;
  if (nesting !== 'map') return change(known(prior), config);
  const before = known(prior);
  return Object.fromEntries(
    Object.entries(config).map(([key, item]) => [key, isObject(item) ? change(known(before?.[key]), item) : item]),
  );
}

/** Whether two values of a type are the same: the order of a set does not count, and an unknown one equals none. */
export function isSame(type: Type, one: Value, other: Value): boolean {
  if (one instanceof Unknown || other instanceof Unknown) return false;
  if (one === null || other === null || typeof type === 'string') return isDeepStrictEqual(one, other);
  const [kind, inner] = type;
  if (Array.isArray(one)) {
    const [ours, theirs] = [one as readonly Value[], [...(other as readonly Value[])]];
    if (ours.length !== theirs.length) return false;
    return ours.every((item, index) => {
      const part = kind === 'tuple' ? inner[index]! : (inner as Type);
      if (kind !== 'set') return isSame(part, item, theirs[index]!);
      const found = theirs.findIndex((candidate) => isSame(part, item, candidate));
      if (found >= 0) theirs.splice(found, 1);
      return found >= 0;
    });
  }
  const [ours, theirs] = [one as Values, other as Values];
  return (
    Object.keys(ours).length === Object.keys(theirs).length &&
    Object.entries(ours).every(([name, item]) => {
      const part = kind === 'object' ? inner[name] : (inner as Type);
      return part !== undefined && Object.hasOwn(theirs, name) && isSame(part, item, theirs[name]!);
    })
  );
}

/** Whether a value, or a part of it, is unknown. */
export function hasUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}
