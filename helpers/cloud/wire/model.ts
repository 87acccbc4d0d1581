import * as sdk from '@aws-sdk/client-ecs';

/** The service's own model in the SDK's run-time format, see `StaticSchema` in `@smithy/types`. */
type Reference = unknown;

/** The shape of a transmitted value. */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'anything' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | Structure;

export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  /** Functions, because a shape may contain itself. */
  readonly members: ReadonlyMap<string, () => Shape>;
  readonly required: readonly string[];
}

export interface OperationModel {
  readonly input: Shape;
  readonly output: Shape;
}

const kinds = { operation: 9, structure: 3, error: -3, union: 4, list: 1, map: 2 } as const;
const simple: Readonly<Record<number, Shape['kind']>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  7: 'timestamp',
};
const [listOf, mapOf] = [64, 128];

/** An operation of the service; undefined when there is none of this name. */
export function findOperation(name: string): OperationModel | undefined {
  const schema = exported(name);
  if (schema?.[0] !== kinds.operation) return undefined;
  return { input: shapeOf(schema[4]), output: shapeOf(schema[5]) };
}

/** An error of the service; undefined when there is none of this name. */
export function findError(name: string): Shape | undefined {
  const schema = exported(name);
  return schema?.[0] === kinds.error ? shapeOf(schema) : undefined;
}

function exported(name: string): readonly Reference[] | undefined {
  return (sdk as unknown as Record<string, readonly Reference[] | undefined>)[`${name}$`];
}

function shapeOf(reference: Reference): Shape {
  if (typeof reference === 'function') return shapeOf((reference as () => Reference)());
  if (typeof reference === 'number') return ofNumber(reference);
  if (!Array.isArray(reference)) return { kind: 'anything' };
  const schema = reference as readonly Reference[];
  // A pair of a reference and this place's traits.
  if (schema.length === 2) return shapeOf(schema[0]);
  const [kind, , name, , first, second, required = 0] = schema;
  if (kind === 0) return shapeOf(first);
  if (kind === kinds.list) return { kind: 'list', of: shapeOf(first) };
  if (kind === kinds.map) return { kind: 'map', of: shapeOf(second) };
  const names = first as readonly string[];
  const members = new Map(
    names.map((member, place) => [member, () => shapeOf((second as readonly Reference[])[place])]),
  );
  return {
    kind: 'structure',
    name: String(name),
    members,
    required: kind === kinds.union ? [] : names.slice(0, required as number),
  };
}

function ofNumber(number: number): Shape {
  if ((number & mapOf) !== 0) return { kind: 'map', of: ofNumber(number - mapOf) };
  if ((number & listOf) !== 0) return { kind: 'list', of: ofNumber(number - listOf) };
  return { kind: simple[number] ?? 'anything' } as Shape;
}
