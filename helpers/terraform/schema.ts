import type { Value, Values } from './values/value.ts';

/** A type as Terraform writes it in JSON. */
export type Type =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list', Type]
  | readonly ['set', Type]
  | readonly ['map', Type]
  | readonly ['tuple', readonly Type[]]
  | readonly ['object', Readonly<Record<string, Type>>]
  | readonly ['object', Readonly<Record<string, Type>>, readonly string[]];

const kinds = new Set<unknown>(['list', 'set', 'map', 'object', 'tuple']);
const primitives = new Set<unknown>(['string', 'number', 'bool', 'dynamic']);

export function isType(type: unknown): type is Type {
  if (primitives.has(type)) return true;
  if (!Array.isArray(type) || !kinds.has(type[0])) return false;
  const inner: unknown = type[1];
  if (type[0] === 'tuple') return Array.isArray(inner) && inner.every(isType);
  if (type[0] === 'object') return typeof inner === 'object' && inner !== null && Object.values(inner).every(isType);
  return isType(inner);
}

/** Reads a type in JSON; undefined where it is none. */
export function parseType(text: string): Type | undefined {
  try {
    const type: unknown = JSON.parse(text);
    return isType(type) ? type : undefined;
  } catch {
    return undefined;
  }
}

export type Nesting = 'single' | 'list' | 'set' | 'map' | 'group';

export interface Attribute {
  readonly name: string;
  /** Of nested attributes too, whose parts are described by `nested`. */
  readonly type: Type;
  readonly nested?: { readonly nesting: Nesting; readonly attributes: readonly Attribute[] };
  readonly description: string;
  readonly required: boolean;
  readonly optional: boolean;
  /** Whether the provider may choose a value where the configuration has none. */
  readonly computed: boolean;
  readonly sensitive: boolean;
}

export interface NestedBlock {
  readonly name: string;
  readonly nesting: Nesting;
  readonly block: Block;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

/** The schema of a resource type or of a provider's configuration. */
export interface Schema {
  readonly version: number;
  readonly block: Block;
}

export interface ProviderSchema {
  /** Of the provider's configuration. */
  readonly provider: Schema;
  /** By resource type. */
  readonly resources: Readonly<Record<string, Schema>>;
  /** Whether the provider is asked to plan deletions too. */
  readonly plansRemovals: boolean;
}

const hidden = '(sensitive)';

/** A copy of these values in which each sensitive one, unless it is null, is the text `(sensitive)`. */
export function withoutSensitive({ attributes, blocks }: Block, values: Values): Values {
  const shown: Record<string, Value> = { ...values };
  for (const { name, sensitive, nested } of attributes) {
    const value = shown[name];
    if (value === undefined || value === null) continue;
    if (sensitive) shown[name] = hidden;
    else if (nested !== undefined)
      shown[name] = eachObject(nested.nesting, value, (inner) =>
        withoutSensitive({ attributes: nested.attributes, blocks: [] }, inner),
      );
  }
  for (const { name, nesting, block } of blocks) {
    const value = shown[name];
    if (value !== undefined) shown[name] = eachObject(nesting, value, (inner) => withoutSensitive(block, inner));
  }
  return shown;
}

/** Changes each object of a nested attribute or block. Null and unknown values remain. */
export function eachObject(nesting: Nesting, value: Value, change: (values: Values) => Values): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => (isObject(item) ? change(item) : item));
  if (!isObject(value)) return value;
  if (nesting !== 'map') return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, isObject(item) ? change(item) : item]));
}

/** Whether a value has attributes by name: neither null, unknown, text nor a list. */
export function isObject(value: Value): value is Values {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}
