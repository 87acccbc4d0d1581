import { decode as unpack, encode as pack, ExtData } from '@msgpack/msgpack';
import { protectNumerals } from '../../lib/numerals.ts';
import { ProviderError } from '../provider-error.ts';
import { isObject, isType, parseType, type Type } from '../schema.ts';
import { Unknown, unknown, type Value } from './value.ts';

/**
 * Encodes a value as MessagePack by its type: every attribute of an object, a missing one as null.
 * @throws ProviderError UNKNOWN_ATTRIBUTE or INVALID_VALUE, which say where.
 */
export function encodeValue(type: Type, value: Value, what: string): Uint8Array {
  return pack(toWire(type, value, what));
}

/** @throws ProviderError SCHEMA_MISMATCH when the bytes are no value of this type. */
export function decodeValue(type: Type, bytes: Uint8Array, what: string): Value {
  let wire: unknown;
  try {
    wire = unpack(bytes, { useBigInt64: true });
  } catch (error) {
    throw new ProviderError('SCHEMA_MISMATCH', `${what} is no MessagePack.`, { cause: error });
  }
  return fitting(type, wire, what, messagePack);
}

/** Also of JSON. A missing attribute is null there. @throws ProviderError SCHEMA_MISMATCH */
export function decodeJson(type: Type, text: string, what: string): Value {
  let wire: unknown;
  try {
    JSON.parse(text); // also where what is protected could hide an error
    wire = JSON.parse(protectNumerals(text));
  } catch (error) {
    throw new ProviderError('SCHEMA_MISMATCH', `${what} is no JSON.`, { cause: error });
  }
  return fitting(type, wire, what, json);
}

function fitting(type: Type, wire: unknown, what: string, notation: Notation): Value {
  try {
    return fromWire(type, wire, '', notation);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new ProviderError('SCHEMA_MISMATCH', `${what} does not fit the provider's own schema: ${error.message}.`);
  }
}

/** What MessagePack and JSON write in different ways. */
interface Notation {
  /** A value of any type, and its type; undefined where one of them is missing. */
  typed(wire: unknown): { readonly type: Type; readonly value: unknown } | undefined;
  /** Whether an object has all of its attributes. */
  readonly isComplete: boolean;
}

const messagePack: Notation = {
  typed(wire) {
    if (!Array.isArray(wire) || wire.length !== 2 || !(wire[0] instanceof Uint8Array)) return undefined;
    const type = parseType(Buffer.from(wire[0]).toString());
    return type === undefined ? undefined : { type, value: wire[1] };
  },
  isComplete: true,
};

const json: Notation = {
  typed(wire) {
    const { type, value } = wire as { readonly type?: unknown; readonly value?: unknown };
    return isType(type) && value !== undefined ? { type, value } : undefined;
  },
  isComplete: false,
};

class Mismatch extends Error {}

const decimal = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function toWire(type: Type, value: Value | undefined, where: string): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) return new ExtData(0, new Uint8Array(1));
  const refuse = (wanted: string): never => {
    const found = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : JSON.stringify(value);
    throw new ProviderError('INVALID_VALUE', `${where || 'The value'} has to be ${wanted}, and is ${found}.`);
  };
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : refuse('a string');
    case 'bool':
      return typeof value === 'boolean' ? value : refuse('true or false');
    case 'number':
      if (typeof value === 'string' && decimal.test(value)) return value;
      return Number.isFinite(value) ? value : refuse('a number');
    case 'dynamic': {
      const found = typeOf(value);
      return [Buffer.from(JSON.stringify(found)), toWire(found, value, where)];
    }
    default:
  }
  const [kind, inner] = type;
  if (kind === 'list' || kind === 'set')
    return Array.isArray(value)
      ? (value as readonly Value[]).map((item, index) => toWire(inner, item, `${where}[${index}]`))
      : refuse('a list');
  if (kind === 'tuple')
    return Array.isArray(value) && value.length === inner.length
      ? (value as readonly Value[]).map((item, index) => toWire(inner[index]!, item, `${where}[${index}]`))
      : refuse(`a list of ${inner.length}`);
  if (!isObject(value)) return refuse('an object');
  if (kind === 'map')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(inner, item, at(where, key))]));
  for (const name of Object.keys(value))
    if (!Object.hasOwn(inner, name))
      throw new ProviderError(
        'UNKNOWN_ATTRIBUTE',
        `${where} has no attribute ${name}: it has ${Object.keys(inner).toSorted().join(', ') || 'none'}.`,
      );
  return Object.fromEntries(
    Object.entries(inner).map(([name, part]) => [
      name,
      toWire(part, Object.hasOwn(value, name) ? value[name] : null, at(where, name)),
    ]),
  );
}

function fromWire(type: Type, wire: unknown, where: string, notation: Notation): Value {
  if (wire === null) return null;
  if (wire instanceof ExtData) return unknown; // also with refinements, which are another extension
  const refuse = (wanted: string): never => {
    throw new Mismatch(`${where || 'the value'} is no ${wanted}`);
  };
  const read = (part: Type, value: unknown, place: string): Value => fromWire(part, value, place, notation);
  switch (type) {
    case 'string':
      return typeof wire === 'string' ? wire : refuse('string');
    case 'bool':
      return typeof wire === 'boolean' ? wire : refuse('boolean');
    case 'number':
      return numberOf(wire) ?? refuse('number');
    case 'dynamic': {
      const typed = notation.typed(wire);
      return typed === undefined ? refuse('value with its type') : read(typed.type, typed.value, where);
    }
    default:
  }
  const [kind, inner] = type;
  if (kind === 'list' || kind === 'set' || kind === 'tuple') {
    if (!Array.isArray(wire) || (kind === 'tuple' && wire.length !== inner.length)) return refuse(kind);
    return wire.map((item, index) => read(kind === 'tuple' ? inner[index]! : inner, item, `${where}[${index}]`));
  }
  if (typeof wire !== 'object' || Array.isArray(wire) || wire instanceof Uint8Array) return refuse(kind);
  const parts = Object.entries(wire as Record<string, unknown>);
  if (kind === 'map') return Object.fromEntries(parts.map(([key, item]) => [key, read(inner, item, at(where, key))]));
  const missing = Object.keys(inner).filter((name) => !Object.hasOwn(wire, name));
  if (missing.length > 0 && notation.isComplete) throw new Mismatch(`${at(where, missing[0]!)} is missing`);
  for (const [name] of parts)
    if (!Object.hasOwn(inner, name)) throw new Mismatch(`${at(where, name)} is not in the schema`);
  return Object.fromEntries([
    ...parts.map(([name, item]) => [name, read(inner[name]!, item, at(where, name))] as const),
    ...missing.map((name) => [name, null] as const),
  ]);
}

/** A number, or as its digits where JavaScript would round it. */
function numberOf(wire: unknown): number | string | undefined {
  if (typeof wire === 'number') return Number.isFinite(wire) ? wire : undefined;
  const digits = typeof wire === 'bigint' ? String(wire) : wire;
  if (typeof digits !== 'string' || !decimal.test(digits)) return undefined;
  const number = Number(digits);
  return String(number) === digits ? number : digits;
}

/** The type of a value whose schema allows any. */
function typeOf(value: Value): Type {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return ['tuple', (value as readonly Value[]).map(typeOf)];
  if (isObject(value))
    return ['object', Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typeOf(item)]))];
  return 'dynamic';
}

function at(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`;
}
