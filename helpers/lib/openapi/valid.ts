import fc from 'fast-check';
import { alternatives, propertiesOf, type Schema, typeOf } from './json-schema.ts';

/** Values known to be valid, by the name of the parameter or property. */
export type Examples = Readonly<Record<string, readonly string[]>>;

/** Context of a value: the root for references, the examples, and the nesting depth. */
export interface Context {
  readonly root: Schema;
  readonly examples: Examples;
  readonly depth: number;
}

/** From this depth on, optional properties are left out and arrays are short, so that recursive schemas end. */
export const deepest = 5;

/** Generates values that a schema allows. */
export function validArbitrary(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const all = alternatives(schema, context.root);
  const flat = all.filter((one) => !['object', 'array'].includes(typeOf(one) ?? ''));
  return fc.oneof(...(context.depth > deepest && flat.length > 0 ? flat : all).map((one) => allowed(one, context)));
}

/** Generates values for a named parameter or property, mostly its examples where there are some. */
export function namedArbitrary(name: string, schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const examples = context.examples[name] ?? [];
  const generated = validArbitrary(schema, context);
  return examples.length === 0
    ? generated
    : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...examples) }, { weight: 1, arbitrary: generated });
}

export const below = (context: Context): Context => ({ ...context, depth: context.depth + 1 });

function allowed(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (typeOf(schema)) {
    case 'object':
      return objects(schema, context);
    case 'array':
      return arrays(schema, context);
    case 'string':
      return texts(schema);
    case 'integer':
      return integers(schema);
    case 'number':
      return schema.multipleOf === undefined ? numbers(schema) : integers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function objects(schema: Schema, context: Context): fc.Arbitrary<object> {
  const { required = [], additionalProperties, minProperties = 0, maxProperties } = schema;
  const known = propertiesOf(schema);
  const isDeep = context.depth > deepest;
  const names = Object.keys(known).filter((name) => !isDeep || required.includes(name));
  const own = fc.record(
    Object.fromEntries(names.map((name) => [name, namedArbitrary(name, known[name]!, below(context))])),
    { requiredKeys: [...required] },
  );
  if (typeof additionalProperties !== 'object' || (isDeep && minProperties === 0)) return own;
  const key = fc.stringMatching(/^[a-z]\w{0,9}$/).filter((name) => !(name in known));
  const others = fc.dictionary(key, validArbitrary(additionalProperties, below(context)), {
    minKeys: minProperties,
    ...(maxProperties === undefined ? {} : { maxKeys: maxProperties }),
  });
  return fc.tuple(others, own).map((parts) => Object.assign({}, ...parts) as object);
}

function arrays(
  { items = {}, minItems: minLength = 0, maxItems, uniqueItems }: Schema,
  context: Context,
): fc.Arbitrary<unknown[]> {
  const maxLength = context.depth > deepest ? minLength : maxItems;
  const lengths = { minLength, ...(maxLength === undefined ? {} : { maxLength }) };
  const item = validArbitrary(items, below(context));
  return uniqueItems
    ? fc.uniqueArray(item, { ...lengths, selector: (value) => JSON.stringify(value) })
    : fc.array(item, lengths);
}

const formats: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  uuid: () => fc.uuid(),
  email: () => fc.emailAddress(),
  uri: () => fc.webUrl(),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  'date-time': () => dates().map((date) => date.toISOString()),
};

const dates = (): fc.Arbitrary<Date> =>
  fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

/** Printable ASCII, unless a pattern needs other characters; unusual valid texts belong to broken requests. */
function texts({ format = '', pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  const lengths = maxLength === undefined ? {} : { maxLength };
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern, 'u'), lengths).filter((text) => text.length >= minLength);
  return formats[format]?.() ?? fc.string({ minLength, ...lengths });
}

function integers({
  minimum = -Infinity,
  maximum = Infinity,
  exclusiveMinimum = -Infinity,
  exclusiveMaximum = Infinity,
  multipleOf = 1,
}: Schema): fc.Arbitrary<number> {
  const min = Math.ceil(Math.max(minimum, exclusiveMinimum + 1, Number.MIN_SAFE_INTEGER) / multipleOf);
  const max = Math.floor(Math.min(maximum, exclusiveMaximum - 1, Number.MAX_SAFE_INTEGER) / multipleOf);
  return fc.integer({ min, max }).map((steps) => steps * multipleOf);
}

function numbers({
  minimum = -Number.MAX_VALUE,
  maximum = Number.MAX_VALUE,
  exclusiveMinimum,
  exclusiveMaximum,
}: Schema): fc.Arbitrary<number> {
  return fc.double({
    min: Math.max(minimum, exclusiveMinimum ?? minimum),
    max: Math.min(maximum, exclusiveMaximum ?? maximum),
    minExcluded: exclusiveMinimum !== undefined,
    maxExcluded: exclusiveMaximum !== undefined,
    noNaN: true,
    noDefaultInfinity: true,
  });
}
