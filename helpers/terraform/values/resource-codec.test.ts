import { encode } from '@msgpack/msgpack';
import { expect, test } from '@playwright/test';
import type { Type } from '../schema.ts';
import { ResourceCodec } from './resource-codec.ts';

const nothing = new Uint8Array();

function codecOf(types: Readonly<Record<string, Type>>): ResourceCodec {
  const rest = { description: '', required: false, optional: true, computed: false, sensitive: false };
  const attributes = Object.entries(types).map(([name, type]) => ({ name, type, ...rest }));
  return new ResourceCodec('thing', { version: 0, block: { attributes, blocks: [] } });
}

const decodeJson = (types: Readonly<Record<string, Type>>, json: string) =>
  codecOf(types).decode({ msgpack: nothing, json: Buffer.from(json) });

test('an answer in JSON keeps the digits of its numbers, and may leave attributes out', () => {
  const types = { n: 'number', small: 'number', text: 'string', left: 'bool' } as const;
  expect(decodeJson(types, '{"n":9007199254740993,"small":1.50,"text":"9007199254740993"}')).toEqual({
    n: '9007199254740993',
    small: 1.5,
    text: '9007199254740993',
    left: null,
  });
  expect(decodeJson(types, 'null')).toBeUndefined();
  expect(decodeJson(types, '')).toBeUndefined();
});

test('a value of any type in JSON is read by the type beside it', () => {
  const any = { any: 'dynamic' } as const;
  expect(decodeJson(any, '{"any":{"type":["list","number"],"value":[1,12345678901234567890]}}')).toEqual({
    any: [1, '12345678901234567890'],
  });
  expect(decodeJson(any, '{"any":null}')).toEqual({ any: null });
});

const misfits = {
  'half of an object': '{',
  'a numeral for a key': '{12345678901234567:1}',
  'an attribute that the schema lacks': '{"x":1}',
  'text for a number': '{"n":"one"}',
  'a number beyond all': '{"n":1e400}',
  'a list for an object': '[]',
  'a value of any type without its type': '{"any":1}',
  'a value of no type': '{"any":{"type":["heap"],"value":1}}',
};

for (const [what, json] of Object.entries(misfits)) {
  test(`an answer in JSON with ${what} is the provider's mistake`, () => {
    expect(() => decodeJson({ n: 'number', any: 'dynamic' }, json)).toThrow(
      expect.objectContaining({ name: 'ProviderError', code: 'SCHEMA_MISMATCH' }),
    );
  });
}

test("a value of no type in MessagePack is the provider's mistake", () => {
  for (const type of [Buffer.from('{'), Buffer.from('["heap"]'), 7])
    expect(() => codecOf({ any: 'dynamic' }).decode({ msgpack: encode({ any: [type, 1] }), json: nothing })).toThrow(
      expect.objectContaining({ name: 'ProviderError', code: 'SCHEMA_MISMATCH' }),
    );
});
