import fc from 'fast-check';
import { alternatives, propertiesOf, type Schema, typeOf } from './json-schema.ts';
import { below, type Context, deepest, validArbitrary } from './valid.ts';

type Ways = fc.MaybeWeightedArbitrary<unknown>[];

/** Allowed by most schemas, and yet too much for some parsers, databases or terminals. */
export const oddTexts = ['\0', '\ud800', '\u001b[2J\r\n', '\u202e\ufeff', 'e\u0301👩‍👩‍👧', "'; --"];
const oddNumbers = [0, -1, 0.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e308, -1e308];

/** Values that a schema forbids, or that it allows and that often break programs. */
export function brokenArbitrary(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  if (context.depth > deepest) return fc.jsonValue();
  return fc.oneof(
    ...alternatives(schema, context.root).map((one) => fc.oneof(fc.jsonValue(), ...waysToBreak(one, context))),
  );
}

/** Valid values with at least one, and mostly exactly one, property broken; the favourite more often. */
export function partlyBroken<T>(
  valid: fc.Arbitrary<Readonly<Record<string, T>>>,
  broken: Readonly<Record<string, fc.Arbitrary<T>>>,
  favourite?: string,
): fc.Arbitrary<Record<string, T>> {
  const all = Object.keys(broken);
  const one = fc.oneof(...all.map((name) => ({ weight: name === favourite ? 5 : 1, arbitrary: fc.constant([name]) })));
  const chosen = fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: fc.subarray(all, { minLength: 1 }) });
  return fc.tuple(valid, fc.record(broken), chosen).map(([right, wrong, names]) => ({
    ...right,
    ...Object.fromEntries(names.map((name) => [name, wrong[name] as T])),
  }));
}

function waysToBreak(schema: Schema, context: Context): Ways {
  switch (typeOf(schema)) {
    case 'object':
      return brokenObjects(schema, context);
    case 'array':
      return brokenArrays(schema, context);
    case 'string':
      return brokenTexts(schema, context);
    case 'integer':
    case 'number':
      return brokenNumbers(schema);
    default:
      return [];
  }
}

function brokenObjects(schema: Schema, context: Context): Ways {
  const valid = validArbitrary(schema, context) as fc.Arbitrary<Readonly<Record<string, unknown>>>;
  const { required = [] } = schema;
  const properties = Object.entries(propertiesOf(schema));
  const extra = fc.tuple(
    fc.constantFrom('unknown', '__proto__', 'constructor', 'toString', ''),
    fc.oneof(fc.jsonValue(), fc.constant({ prototype: { isAdmin: true } })),
  );
  const inside = Object.fromEntries(
    properties.map(([name, property]) => [name, brokenArbitrary(property, below(context))]),
  );
  return [
    // A computed name, so that `__proto__` is an ordinary property.
    fc.tuple(valid, extra).map(([value, [name, more]]) => ({ ...value, [name]: more })),
    ...(required.length === 0
      ? []
      : [
          fc
            .tuple(valid, fc.constantFrom(...required))
            .map(([value, name]) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))),
        ]),
    ...(properties.length === 0 ? [] : [{ weight: 4, arbitrary: partlyBroken(valid, inside) }]),
  ];
}

function brokenArrays(schema: Schema, context: Context): Ways {
  const valid = validArbitrary(schema, context) as fc.Arbitrary<unknown[]>;
  const { items = {}, minItems = 0, maxItems = Infinity } = schema;
  const item = validArbitrary(items, below(context));
  const length = maxItems + 1;
  return [
    valid.map((value) => [...value, ...value.slice(0, 1)]),
    {
      weight: 3,
      arbitrary: fc
        .tuple(valid, brokenArbitrary(items, below(context)))
        .map(([value, wrong]) => [...value.slice(1), wrong]),
    },
    ...(minItems === 0 ? [] : [valid.map((value) => value.slice(0, minItems - 1))]),
    ...(length > 1000 ? [] : [fc.array(item, { minLength: length, maxLength: length })]),
  ];
}

function brokenTexts(schema: Schema, context: Context): Ways {
  const valid = validArbitrary(schema, context).map(String);
  const { minLength = 0, maxLength } = schema;
  const odd = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
  );
  return [
    // Not refused for its length.
    { weight: 3, arbitrary: fc.tuple(odd, valid).map((parts) => parts.join('').slice(0, maxLength)) },
    fc.constantFrom(1_000, 10_000, 100_000).map((length) => 'x'.repeat(length)),
    ...(minLength === 0 ? [] : [valid.map((text) => text.slice(0, minLength - 1))]),
    ...(maxLength === undefined ? [] : [valid.map((text) => text.padEnd(maxLength + 1, 'x'))]),
  ];
}

function brokenNumbers({ minimum = NaN, maximum = NaN, exclusiveMinimum = NaN, exclusiveMaximum = NaN }: Schema): Ways {
  const beyond = [minimum - 1, maximum + 1, exclusiveMinimum, exclusiveMaximum].filter(
    (number) => !Number.isNaN(number),
  );
  return [
    fc.constantFrom(...oddNumbers),
    ...(beyond.length === 0 ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...beyond) }]),
  ];
}
