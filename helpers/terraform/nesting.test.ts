import { expect, test } from '@playwright/test';
import { messagesOf } from './protocol/messages.ts';
import { readSchemas, writeSchema } from './protocol/schema-message.ts';
import { type ProviderSchema, type Schema, unknown, type Values, withoutSensitive } from './index.ts';
import { attribute, schemaOf } from './server/index.ts';
import { decodeValue, encodeValue } from './values/encoding.ts';
import { complete, isSame, propose, typeOfBlock } from './values/proposal.ts';

const rule = {
  attributes: [
    attribute('port', 'number', 'required'),
    attribute('id', 'string', 'optional computed'),
    attribute('token', 'string', 'optional', { sensitive: true }),
  ],
  blocks: [],
};
const schema: Schema = {
  version: 3,
  block: {
    attributes: [attribute('name', 'string', 'required'), attribute('anything', 'dynamic', 'optional')],
    blocks: (['single', 'list', 'set', 'map', 'group'] as const).map((nesting) => ({
      name: nesting,
      nesting,
      block: rule,
    })),
  },
};
const nestedAttribute = {
  ...attribute('rules', ['list', typeOfBlock(rule)], 'optional'),
  nested: { nesting: 'list' as const, attributes: rule.attributes },
};
const type = typeOfBlock(schema.block);
const full = (port: number, id: string | null = null): Values => ({ port, id, token: null });

function overTheWire(protocol: 5 | 6, sent: Schema, sentAs = protocol): ProviderSchema {
  const bytes = messagesOf(sentAs).getSchema.response.encode({ resources: { it: writeSchema(sent) } });
  return readSchemas(messagesOf(protocol).getSchema.response.decode(bytes));
}

test('nested blocks survive the wire in both versions, nested attributes in version 6', () => {
  for (const protocol of [5, 6] as const) expect(overTheWire(protocol, schema).resources['it']).toEqual(schema);
  const nested = schemaOf(0, nestedAttribute);
  expect(overTheWire(6, nested).resources['it']).toEqual(nested);
  expect(() => overTheWire(5, nested, 6)).toThrow('The schema has an invalid attribute: rules of it has the type ""');
});

test('what a configuration leaves out is null or empty', () => {
  expect(complete('it', schema.block, { name: 'a', list: [{ port: 1 }] })).toEqual({
    name: 'a',
    anything: null,
    single: null,
    list: [full(1)],
    set: [],
    map: {},
    group: { port: null, id: null, token: null }, // is always there
  });
  expect(() => complete('it', schema.block, { name: 'a', list: [{ prot: 1 }] })).toThrow(
    'it.list has no attribute prot: it has id, port, token.',
  );
});

test('values of each nesting and of any type come back as they were sent', () => {
  const values: Values = {
    name: 'a',
    anything: { deep: [1, 'two', null, { three: true }] },
    single: full(1),
    list: [full(2), full(3)],
    set: [full(4)],
    map: { 'a.b': full(5) },
    group: { port: unknown, id: null, token: 'hush' },
  };
  const there = decodeValue(type, encodeValue(type, values, 'it'), 'it');
  expect(there).toEqual(values);
  expect(JSON.parse(JSON.stringify(there))).toMatchObject({ group: { port: '(known after apply)' } });
  expect(withoutSensitive(schema.block, values)).toMatchObject({ group: { token: '(sensitive)' }, single: full(1) });
});

test('a number that JavaScript would round stays exact', () => {
  for (const number of ['9007199254740993', '-170141183460469231731687303715884105728', '0.1000000000000000000001'])
    expect(decodeValue('number', encodeValue('number', number, 'it'), 'it')).toBe(number);
  for (const number of [0, -1, 2 ** 53 - 1, 0.5, 1e21])
    expect(decodeValue('number', encodeValue('number', number, 'it'), 'it')).toBe(number);
});

test('a proposal keeps what the provider has chosen before, in each nesting', () => {
  const prior: Values = {
    name: 'a',
    anything: null,
    single: full(1, 'one'),
    list: [full(2, 'two')],
    set: [full(3, 'three'), full(4, 'four')],
    map: { x: full(5, 'five') },
    group: full(6, 'six'),
  };
  const wanted: Values = {
    name: 'b',
    anything: null,
    single: full(1),
    list: [full(2), full(20)],
    set: [full(4), full(40)],
    map: { x: full(5), y: full(50) },
    group: full(6, 'mine'),
  };
  expect(propose(schema, prior, wanted)).toEqual({
    ...wanted,
    single: full(1, 'one'),
    list: [full(2, 'two'), full(20)],
    set: [full(4, 'four'), full(40)],
    map: { x: full(5, 'five'), y: full(50) },
  });
});

test('the order of a set does not count, and that of a list does', () => {
  const of = (name: string, ...ports: number[]): Values => ({ [name]: ports.map((port) => full(port)) });
  const blank = { name: 'a', anything: null, single: null, list: [], set: [], map: {}, group: full(0) };
  const same = (one: Values, other: Values): boolean => isSame(type, { ...blank, ...one }, { ...blank, ...other });
  expect(same(of('set', 1, 2), of('set', 2, 1))).toBe(true);
  expect(same(of('set', 1, 1), of('set', 1, 2))).toBe(false);
  expect(same(of('list', 1, 2), of('list', 2, 1))).toBe(false);
  expect(same({ anything: unknown }, { anything: unknown })).toBe(false);
});
