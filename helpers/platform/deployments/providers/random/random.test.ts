import { compareSync } from 'bcryptjs';
import type { Provider, Values } from '../../../../terraform/index.ts';
import { errorOf, expect, test } from '../../../../testing/providers.ts';

async function create(provider: Provider, type: string, config: Values) {
  const { state } = await provider.apply(await provider.plan({ type, config, prior: undefined }));
  return state!;
}

const resources: readonly (readonly [type: string, config: Values, other: Values, forces: string])[] = [
  ['random_id', { byte_length: 8 }, { byte_length: 9 }, 'byte_length'],
  ['random_integer', { min: 1, max: 50_000 }, { min: 2, max: 50_000 }, 'min'],
  ['random_password', { length: 12 }, { length: 12, special: false }, 'special'],
  ['random_pet', {}, { separator: '_' }, 'separator'],
  ['random_string', { length: 12 }, { length: 12, min_upper: 3 }, 'min_upper'],
];

for (const [type, config, other, forces] of resources)
  test(`${type} is stable until an input or a keeper changes`, async ({ launch }) => {
    const provider = await launch('random');
    const state = await create(provider, type, { ...config, keepers: { a: '1' } });
    expect(await provider.read(type, state)).toEqual(state);
    expect(await provider.upgrade(type, state)).toEqual(state);
    const plan = (wanted: Values) => provider.plan({ type, config: wanted, prior: state });
    expect((await plan({ ...config, keepers: { a: '1' } })).action).toBe('none');
    const kept = await plan({ ...config, keepers: { a: '2' } });
    expect(kept).toMatchObject({ action: 'replace', requiresReplace: ['keepers'] });
    expect(await plan({ ...other, keepers: { a: '1' } })).toMatchObject({
      action: 'replace',
      requiresReplace: [forces],
    });
    const { state: replaced } = await provider.apply(kept);
    expect(replaced!.values).not.toEqual(state.values);
    const without = await create(provider, type, config);
    const emptied = await provider.plan({ type, config: { ...config, keepers: {} }, prior: without });
    expect(emptied, 'keepers without a value').toMatchObject({ action: 'update', requiresReplace: [] });
    expect((await provider.apply(emptied)).state!.values).toEqual({ ...without.values, keepers: {} });
  });

test('a string has as many characters of each kind as wanted', async ({ launch }) => {
  const provider = await launch('random');
  const config = { length: 8, upper: false, min_numeric: 3, min_special: 2, override_special: '_' };
  const { values } = await create(provider, 'random_string', config);
  expect(values).toMatchObject({ id: values['result'], lower: true, number: true, numeric: true, min_lower: 0 });
  const result = values['result'] as string;
  expect(result).toMatch(/^[a-z0-9_]{8}$/);
  expect(result.match(/\d/g)!.length).toBeGreaterThanOrEqual(3);
  expect(result.match(/_/g)!.length).toBeGreaterThanOrEqual(2);
});

test('a password is sensitive, and its hash fits', async ({ launch }) => {
  const provider = await launch('random');
  const { values } = await create(provider, 'random_password', { length: 20 });
  expect(values['id']).toBe('none');
  expect(compareSync(values['result'] as string, values['bcrypt_hash'] as string)).toBe(true);
  const { attributes } = (await provider.schema()).resources['random_password']!.block;
  expect(attributes.filter(({ sensitive }) => sensitive).map(({ name }) => name)).toEqual(['result', 'bcrypt_hash']);
});

test('an integer is within its bounds, and its seed decides it', async ({ launch }) => {
  const provider = await launch('random');
  const draw = async (config: Values) => (await create(provider, 'random_integer', config)).values['result'];
  expect(await draw({ min: 7, max: 7 })).toBe(7);
  const seeded = { min: 0, max: 1_000_000, seed: 'tomato' };
  expect(await draw(seeded)).toBe(await draw(seeded));
  expect(await draw({ min: '9007199254740993', max: '9007199254740993' })).toBe('9007199254740993');
  expect(await errorOf(create(provider, 'random_integer', { min: 3, max: 2 }))).toMatchObject({
    diagnostics: [{ summary: 'Create Random Integer Error' }],
    partial: { state: undefined },
  });
});

test('an id is the same bytes in each notation', async ({ launch }) => {
  const provider = await launch('random');
  const { values } = await create(provider, 'random_id', { byte_length: 4, prefix: 'x' });
  const bytes = Buffer.from(values['id'] as string, 'base64url');
  expect(values).toMatchObject({
    b64_std: `x${bytes.toString('base64')}`,
    hex: `x${bytes.toString('hex')}`,
    dec: `x${bytes.readUInt32BE()}`,
  });
});

test('what can be imported is imported', async ({ launch }) => {
  const provider = await launch('random');
  const imported = async (type: string, id: string) => (await provider.import(type, id))[0]!.state.values;
  expect(await imported('random_string', 'abc')).toMatchObject({ id: 'abc', result: 'abc', length: 3, numeric: true });
  expect(await imported('random_password', 'secret')).toMatchObject({ id: 'none', result: 'secret', length: 6 });
  expect(await imported('random_id', 'x,p-9hUg')).toEqual({
    b64_std: 'xp+9hUg==',
    b64_url: 'xp-9hUg',
    byte_length: 4,
    dec: 'x2817483090',
    hex: 'xa7ef6152',
    id: 'p-9hUg',
    keepers: null,
    prefix: 'x',
  });
  expect(await imported('random_integer', '15390,1,50000')).toMatchObject({
    result: 15_390,
    min: 1,
    max: 50_000,
    seed: null,
  });
  expect((await errorOf(provider.import('random_pet', 'x'))).message).toContain('Resource Import Not Implemented');
  expect((await errorOf(provider.import('random_id', '!!'))).message).toContain('Import Random ID Error');
});

test('bounds are checked before anything is made', async ({ launch }) => {
  const provider = await launch('random');
  const refusal = async (config: Values) =>
    (await errorOf(provider.plan({ type: 'random_string', config, prior: undefined }))).message;
  expect(await refusal({ length: 0 })).toContain('length value must be at least 1, got: 0');
  expect(await refusal({ length: 2, min_upper: 3 })).toContain('must be at least sum of');
  expect(await refusal({ length: 2, upper: false, lower: false, numeric: false, special: false })).toContain(
    'must be specified as true',
  );
  expect(await refusal({ length: 2, number: false, numeric: true })).toContain('configured with different values');
});

test('a string of an earlier version is upgraded', async ({ launch }) => {
  const provider = await launch('random');
  const values = { id: 'ab1', result: 'ab1', length: null, number: false, special: null, keepers: null };
  const upgraded = await provider.upgrade('random_string', { schemaVersion: 1, values, private: '' });
  expect(upgraded).toMatchObject({
    schemaVersion: 2,
    values: { length: 3, numeric: false, special: true, result: 'ab1' },
  });
});
