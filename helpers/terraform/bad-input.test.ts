import { chmodSync, closeSync, copyFileSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../run/processes/index.ts';
import { errorOf, expect, test } from '../testing/providers.ts';
import { readHandshake } from './client/handshake.ts';
import { type Intrusion, intrude, intrusions, type ProviderErrorCode } from './index.ts';
import { decodeValue, encodeValue } from './values/encoding.ts';

const program = (command: string, ...args: string[]) => ({ name: 'mine', command, args });

test.describe('a program is refused in one sentence', () => {
  test('when it prints something else than a handshake', async ({ launch }) => {
    const error = await errorOf(launch('probe', { program: program('/bin/echo', 'Usage: mine [options]') }));
    expect(error).toMatchObject({
      code: 'NOT_A_PLUGIN',
      message: 'mine is no plugin: its first line is "Usage: mine [options]", not a handshake of go-plugin.',
    });
  });

  test('when it cannot be executed', async ({ launch, place }) => {
    const file = path.join(place, 'notes.txt');
    writeFileSync(file, 'no program');
    const error = await errorOf(launch('probe', { program: program(file) }));
    expect(error).toMatchObject({ code: 'NOT_A_PLUGIN', message: expect.stringContaining('EACCES') });
    chmodSync(file, 0o755);
    expect(await errorOf(launch('probe', { program: program(file) }))).toMatchObject({
      code: expect.stringMatching(/NOT_A_PLUGIN|HANDSHAKE_DIED/),
    });
  });

  test('when it does not exist', async ({ launch, place }) => {
    const error = await errorOf(launch('probe', { program: program(path.join(place, 'missing')) }));
    expect(error).toMatchObject({ code: 'NOT_A_PLUGIN', message: expect.stringContaining('ENOENT') });
  });

  test('when it has no folder to work in', async ({ launch, place }) => {
    const error = await errorOf(launch('probe', { workingDirectory: path.join(place, 'missing') }));
    expect(error.message).toContain(`there is no folder ${path.join(place, 'missing')}`);
  });

  test('while its binary is being written', async ({ launch, place }) => {
    test.skip(process.platform !== 'linux', 'only Linux refuses to start such a binary');
    const binary = path.join(place, 'provider');
    copyFileSync('/bin/echo', binary);
    const writing = openSync(binary, 'r+');
    const error = await errorOf(launch('probe', { program: program(binary) })).finally(() => closeSync(writing));
    expect(error).toMatchObject({
      code: 'BINARY_BUSY',
      message: `mine cannot be started while its binary ${binary} is being written: write it to another file, and rename that.`,
    });
  });

  test('when the address of its socket would be too long', async ({ launch, place }) => {
    const sockets = path.join(place, 'long'.repeat(25));
    const recorded: number[] = [];
    const error = await errorOf(launch('probe', { sockets, record: (pid) => recorded.push(pid) }));
    expect(error).toMatchObject({ code: 'SOCKET_PATH_TOO_LONG', message: expect.stringContaining(sockets) });
    expect(recorded).toEqual([]);
  });
});

const handshakes: readonly (readonly [handshake: string, code: ProviderErrorCode, message: string])[] = [
  ['dies', 'HANDSHAKE_DIED', 'with exit code 3; its last lines are: The probe was told to die in its handshake.'],
  ['hangs', 'HANDSHAKE_TIMEOUT', 'probe has not shaken hands within 1 s, and was killed.'],
  ['is no handshake', 'NOT_A_PLUGIN', 'its first line is "Hello, world"'],
  ['is of version 4', 'WRONG_PROTOCOL', 'probe speaks version 4 of the protocol, and version 5 or 6'],
  ['is without TLS', 'UNTRUSTED', 'probe has announced no certificate'],
];

for (const [handshake, code, message] of handshakes)
  test(`a provider whose handshake ${handshake} is refused, and is gone`, async ({ launch, place }) => {
    const pids: number[] = [];
    const error = await errorOf(
      launch('probe', {
        environment: { PROBE_HANDSHAKE: handshake },
        record: (pid) => pids.push(pid),
        ...(handshake === 'hangs' ? { patience: 1_000 } : {}),
      }),
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(pids.map(isAlive)).toEqual([false]);
    expect(readdirSync(path.join(place, 's1')), 'sockets').toEqual([]);
  });

test('a handshake is read as go-plugin writes it, and no other', () => {
  expect(readHandshake('mine', '1|5|unix|/tmp/plugin1|grpc|')).toEqual({
    protocol: 5,
    socket: '/tmp/plugin1',
    certificate: undefined,
  });
  const refused = [
    '2|5|unix|/s|grpc|',
    '1|7|unix|/s|grpc|',
    '1|5|tcp|127.0.0.1:1|grpc|',
    '1|5|unix|/s|netrpc|',
    '1|5|unix',
  ];
  for (const line of refused) expect(() => readHandshake('mine', line), line).toThrow(/^mine speaks /);
  expect(() => readHandshake('mine', '1|5|unix|/s|grpc|bm9uZQ')).toThrow('something that is no certificate');
});

const config = { name: 'a' };

test('an unknown attribute is refused by name, before the provider is asked', async ({ launch }) => {
  const provider = await launch();
  const wish = { type: 'probe_task', config: { nmae: 'a' }, prior: undefined };
  const error = await errorOf(provider.plan(wish));
  expect(error).toMatchObject({
    code: 'UNKNOWN_ATTRIBUTE',
    message: expect.stringMatching(/^probe_task has no attribute nmae: it has announce, applies, .* name, /),
  });
  expect(await errorOf(provider.configure({ region: 'eu' }))).toMatchObject({ code: 'UNKNOWN_ATTRIBUTE' });
  expect(await errorOf(provider.plan({ ...wish, type: 'probe_tsk' }))).toMatchObject({
    code: 'UNKNOWN_RESOURCE',
    message: 'probe has no resource type probe_tsk: it has probe_task.',
  });
});

test('a missing, a computed and a wrong value are refused', async ({ launch }) => {
  const provider = await launch();
  const refusal = (wanted: Record<string, number | string>) =>
    errorOf(provider.plan({ type: 'probe_task', config: wanted, prior: undefined }));
  expect((await refusal({})).message).toBe('probe_task needs the attribute name.');
  expect((await refusal({ ...config, pid: 1 })).message).toBe('probe_task computes pid, so it cannot be set.');
  expect((await refusal({ ...config, input: 7 })).message).toBe('probe_task.input has to be a string, and is 7.');
  expect((await refusal({ ...config, behaviour: 'dance' })).diagnostics).toMatchObject([{ attribute: 'behaviour' }]);
});

test('a state with a value that is still unknown does not fit the schema', async ({ launch }) => {
  const provider = await launch();
  const wanted = { ...config, behaviour: 'leave an unknown value' };
  const planned = await provider.plan({ type: 'probe_task', config: wanted, prior: undefined });
  expect(await errorOf(provider.apply(planned))).toMatchObject({
    code: 'SCHEMA_MISMATCH',
    message: 'The new state of probe_task has values that are still unknown.',
  });
});

test('a value that does not fit the schema is refused with its place', () => {
  const announced = ['object', { tags: ['map', 'number'] }] as const;
  const sent = encodeValue(['object', { tags: ['map', 'string'] }], { tags: { a: 'x' } }, 'it');
  expect(() => decodeValue(announced, sent, 'The state')).toThrow(
    "The state does not fit the provider's own schema: tags.a is no number.",
  );
  const other = encodeValue(['object', { labels: 'string' }], { labels: 'x' }, 'it');
  expect(() => decodeValue(announced, other, 'The state')).toThrow('schema: tags is missing.');
  expect(() => decodeValue(announced, Buffer.from([0xc1]), 'The state')).toThrow('The state is no MessagePack.');
});

const strangers: Readonly<Record<Intrusion, string>> = {
  'in plaintext': 'plaintext',
  'without a certificate': 'no certificate',
  'with a foreign certificate': 'a foreign certificate',
};
for (const how of intrusions)
  test(`${strangers[how]} on the socket of a provider is refused`, async ({ launch }) => {
    const provider = await launch();
    expect(await intrude(provider.socket, provider.protocol, how)).toBe(false);
    await provider.schema(); // still serves its host
  });

test('without mutual TLS a stranger gets in', async ({ launch }) => {
  const provider = await launch('probe', { mutualTls: false });
  expect(await intrude(provider.socket, provider.protocol, 'in plaintext')).toBe(true);
});
