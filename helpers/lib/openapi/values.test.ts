import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from '../../testing/index.ts';
import { brokenArbitrary } from './broken.ts';
import type { Schema } from './json-schema.ts';
import { type Examples, validArbitrary } from './valid.ts';

const components = {
  schemas: {
    Tree: {
      type: 'object',
      required: ['name', 'left'],
      properties: {
        name: { type: 'string' },
        left: { anyOf: [{ $ref: '#/components/schemas/Tree' }, { type: 'null' }] },
        others: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
      },
    },
    'a/b': { type: 'integer' },
  },
};

const schemas: Readonly<Record<string, Schema>> = {
  'an object': {
    type: 'object',
    required: ['a', 'c'],
    properties: { a: { type: 'boolean' }, b: { type: 'null' } },
    additionalProperties: { type: 'integer' },
  },
  'an object that is closed': {
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'number' } },
    additionalProperties: false,
  },
  'a dictionary': { type: 'object', additionalProperties: { type: 'string' }, minProperties: 2, maxProperties: 4 },
  'an array': {
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 6 },
    minItems: 2,
    maxItems: 4,
    uniqueItems: true,
  },
  'a text': { type: 'string', minLength: 3, maxLength: 5 },
  'a text of a pattern': { type: 'string', pattern: '^[a-z][a-z0-9-]*$', minLength: 2, maxLength: 8 },
  'a uuid': { type: 'string', format: 'uuid' },
  'a moment': { type: 'string', format: 'date-time' },
  'a day': { type: 'string', format: 'date' },
  'an address': { type: 'string', format: 'email' },
  'an integer': { type: 'integer', exclusiveMinimum: 2 ** 40, multipleOf: 5 },
  'a number': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  'a number without bounds': { type: 'number' },
  'one of a few': { enum: ['a', 1, null] },
  'a constant': { const: null },
  'a type of several': { type: ['string', 'null'], minLength: 1 },
  'a choice': { oneOf: [{ type: 'integer' }, { type: 'object', required: ['a'], properties: { a: { const: 1 } } }] },
  'a choice of what is required': {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'integer' } },
    anyOf: [{ required: ['a'], properties: { b: { const: 0 } } }, { required: ['b'] }],
  },
  'a sum': {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'integer', minimum: 3 } } },
      { type: 'object', required: ['b'], properties: { a: { maximum: 5 }, b: { type: 'string' } } },
    ],
  },
  'a reference': { $ref: '#/components/schemas/a~1b' },
  'what contains itself': { $ref: '#/components/schemas/Tree' },
};

const ajv = formats.default(new Ajv2020({ strict: false }));
const sampled = (make: typeof validArbitrary, schema: Schema, examples: Examples = {}): unknown[] => {
  const root = { ...schema, components };
  return fc
    .sample(make(root, { root, examples, depth: 0 }), { numRuns: 200, seed: 1 })
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
};

for (const [what, schema] of Object.entries(schemas)) {
  test(`values for ${what} are valid, and broken ones mostly invalid`, () => {
    const validate = ajv.compile({ ...schema, components });
    expect(
      sampled(validArbitrary, schema)
        .filter((value) => !validate(value))
        .slice(0, 3),
    ).toEqual([]);
    expect(sampled(brokenArbitrary, schema).filter((value) => !validate(value)).length).toBeGreaterThan(60);
  });
}

test('an empty schema allows any value', () => {
  expect(new Set(sampled(validArbitrary, {}).map((value) => (Array.isArray(value) ? 'array' : typeof value)))).toEqual(
    new Set(['array', 'object', 'string', 'number', 'boolean']),
  );
});

test('examples are used mostly, not only', () => {
  const names = sampled(
    validArbitrary,
    { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    { name: ['Ana', 'Ben'] },
  ).map((value) => (value as { name: string }).name);
  expect(new Set(names).size).toBeGreaterThan(5);
  expect(names.filter((name) => ['Ana', 'Ben'].includes(name)).length).toBeGreaterThan(150);
});

test('a dangling reference is reported', () => {
  expect(() => sampled(validArbitrary, { $ref: '#/components/schemas/Absent' })).toThrow(
    'The document has nothing at #/components/schemas/Absent.',
  );
});
