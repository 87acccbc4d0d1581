import { once } from 'node:events';
import { connect } from 'node:net';
import { ECSClient, ExecuteCommandCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { WebSocket } from 'ws';
import { fallSilent } from '../clients/index.ts';
import { defaultRequestTimes } from '../lib/http-limits.ts';
import { runInSession } from './index.ts';
import {
  answerOf,
  cluster,
  definition,
  openTestCloud,
  runningTask,
  runTask,
  signed,
  test,
  type TestCloud,
} from '../testing/cloud/index.ts';

const wrongSignature = [
  400,
  {
    __type: 'InvalidSignatureException',
    message: expect.stringContaining('The request signature we calculated does not match'),
  },
];
const wrongScope = [
  400,
  { __type: 'InvalidSignatureException', message: expect.stringContaining('Credential should be scoped') },
];
const unknownKey = [
  400,
  { __type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' },
];
const tooLate = [400, { __type: 'InvalidSignatureException', message: expect.stringContaining('Signature expired') }];
const incomplete = [400, { __type: 'IncompleteSignatureException', message: expect.any(String) }];
const hour = 3_600_000;

const attempts: Readonly<Record<string, readonly [answer: unknown, ask: (it: TestCloud) => Promise<Response>]>> = {
  'without a signature': [
    [400, { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }],
    ({ cloud }) => fetch(cloud.endpoint, { method: 'POST', body: '{}' }),
  ],
  'from a page in a browser': [
    [400, { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }],
    ({ cloud }) =>
      fetch(cloud.endpoint, {
        method: 'POST',
        body: '{}',
        headers: { origin: 'http://evil.example', 'content-type': 'text/plain' },
      }),
  ],
  'with another kind of authorization': [
    incomplete,
    ({ cloud }) => fetch(cloud.endpoint, { method: 'POST', body: '{}', headers: { authorization: 'Basic YWRtaW46' } }),
  ],
  'with the key alone': [
    incomplete,
    ({ cloud }) =>
      fetch(cloud.endpoint, {
        method: 'POST',
        body: '{}',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${cloud.credentials.accessKeyId}/20260101/us-east-1/ecs/aws4_request`,
        },
      }),
  ],
  'of an unknown key': [
    unknownKey,
    ({ cloud }) => signed(cloud, { credentials: { ...cloud.credentials, accessKeyId: 'AKIASTRANGER' } }),
  ],
  'with another secret': [
    wrongSignature,
    ({ cloud }) => signed(cloud, { credentials: { ...cloud.credentials, secretAccessKey: 'guessed' } }),
  ],
  'with a session token that its key does not have': [
    unknownKey,
    ({ cloud }) => signed(cloud, { credentials: { ...cloud.credentials, sessionToken: 'a token' } }),
  ],
  'of another region': [wrongScope, ({ cloud }) => signed(cloud, { region: 'eu-west-1' })],
  'of another service': [wrongScope, ({ cloud }) => signed(cloud, { service: 's3' })],
  'an hour old': [tooLate, ({ cloud }) => signed(cloud, { date: new Date(Date.now() - hour) })],
  'of the next hour': [tooLate, ({ cloud }) => signed(cloud, { date: new Date(Date.now() + hour) })],
  'whose body was changed': [
    wrongSignature,
    ({ cloud }) => signed(cloud, {}, (headers) => ({ headers, body: '{"maxResults":1}' })),
  ],
  'whose body and its digest were changed': [
    wrongSignature,
    ({ cloud }) =>
      signed(cloud, {}, (headers) => ({
        headers: {
          ...headers,
          'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        },
        body: '',
      })),
  ],
  'whose operation was changed': [
    wrongSignature,
    ({ cloud }) =>
      signed(cloud, {}, (headers, body) => ({
        headers: { ...headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster' },
        body,
      })),
  ],
  'whose operation was not signed': [
    [
      400,
      {
        __type: 'InvalidSignatureException',
        message: "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
      },
    ],
    ({ cloud }) =>
      signed(cloud, {}, (headers, body) => ({
        headers: { ...headers, authorization: headers['authorization']!.replace(';x-amz-target', '') },
        body,
      })),
  ],
  'whose time was changed': [
    wrongSignature,
    ({ cloud }) =>
      signed(cloud, { date: new Date(Date.now() - 1_000) }, (headers, body) => ({
        headers: { ...headers, 'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '') },
        body,
      })),
  ],
};

for (const [name, [answer, ask]] of Object.entries(attempts)) {
  test(`a request ${name} is refused`, async () => {
    await using it = await openTestCloud();
    expect(await answerOf(await ask(it))).toEqual(answer);
    expect(await it.ecs.send(new ListClustersCommand({}))).toMatchObject({ clusterArns: [] });
  });
}

test('a request that is signed as it should be is answered', async () => {
  await using it = await openTestCloud();
  expect(await answerOf(await signed(it.cloud, {}))).toEqual([200, { clusterArns: [] }]);
});

test('temporary credentials are valid with their session token only', async ({ openCloud }) => {
  const credentials = { accessKeyId: 'ASIATEST', secretAccessKey: 'a secret', sessionToken: 'the token' };
  const it = await openCloud({ credentials });
  expect(await it.ecs.send(new ListClustersCommand({}))).toMatchObject({ clusterArns: [] });
  const { sessionToken: _, ...without } = credentials;
  for (const wrong of [without, { ...without, sessionToken: 'another token' }])
    expect(await answerOf(await signed(it.cloud, { credentials: wrong }))).toEqual(unknownKey);
  const unsigned = await signed(it.cloud, { credentials: without }, (headers, body) => ({
    headers: { ...headers, 'x-amz-security-token': credentials.sessionToken },
    body,
  }));
  expect(await answerOf(unsigned)).toMatchObject([400, { __type: 'InvalidSignatureException' }]);
});

test('the client of another control plane is refused', async () => {
  await using it = await openTestCloud();
  await using other = await openTestCloud();
  const { region, credentials } = other.cloud;
  const ecs = new ECSClient({ endpoint: it.cloud.endpoint, region, credentials, maxAttempts: 1 });
  await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  ecs.destroy();
});

test('an oversized body is refused before its end', async ({ it }) => {
  expect(await answerOf(await signed(it.cloud, { body: ' '.repeat(1024 * 1024 + 1) }))).toEqual([
    400,
    { __type: 'RequestEntityTooLargeException', message: expect.any(String) },
  ]);
});

test('a body that is nested 50,000 levels deep is refused', async ({ it }) => {
  const nested = '['.repeat(50_000) + ']'.repeat(50_000);
  const refused = [400, { __type: 'SerializationException', message: 'The body is nested more than 64 levels deep.' }];
  for (const member of ['clusters', 'unknown'])
    expect(await answerOf(await signed(it.cloud, { body: `{"${member}":${nested}}` })), member).toEqual(refused);
  expect(await answerOf(await signed(it.cloud, { body: `{"unknown":"${'[{'.repeat(100)}"}` }))).toEqual([
    200,
    { clusterArns: [] },
  ]);
});

test('an unsigned request is refused before its body arrives', async () => {
  await using it = await openTestCloud();
  const { hostname, port } = new URL(it.cloud.endpoint);
  const socket = connect(Number(port), hostname);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toContain('MissingAuthenticationTokenException');
  await once(socket.resume(), 'close');
});

test('a connection without a complete request is closed', async () => {
  await using it = await openTestCloud({ times: { request: { head: 50, request: 100 } } });
  expect(await fallSilent(it.cloud.endpoint)).toBeLessThan(defaultRequestTimes.head);
});

test.describe('a session', () => {
  const open = async ({ ecs }: TestCloud) => {
    const task = await runTask(ecs, definition('shell', 'serve'), { enableExecuteCommand: true });
    await runningTask(ecs, task);
    return (await ecs.send(new ExecuteCommandCommand({ cluster, task, command: 'echo done', interactive: true })))
      .session!;
  };

  for (const [name, tokenOf] of Object.entries({
    'a guessed token': () => 'guessed',
    'an empty token': () => '',
    'the beginning of its token': (token: string) => token.slice(0, -1),
  })) {
    test(`a session with ${name} runs nothing`, async () => {
      await using it = await openTestCloud();
      const session = await open(it);
      await expect(runInSession({ ...session, tokenValue: tokenOf(session.tokenValue!) })).rejects.toThrow(
        '1008 The token is not valid',
      );
      expect(it.pids).toHaveLength(1);
      expect(await runInSession(session)).toBe('done\r\n');
    });
  }

  test('a session can be used once', async () => {
    await using it = await openTestCloud();
    const session = await open(it);
    expect(await runInSession(session)).toBe('done\r\n');
    await expect(runInSession(session)).rejects.toThrow('404');
  });

  test('a session ends when its client does not connect in time', async () => {
    await using it = await openTestCloud({ times: { session: { open: 20, token: 1_000 } } });
    const session = await open(it);
    await expect.poll(() => runInSession(session).catch((error: Error) => error.message)).toContain('404');
  });

  test('a session ends when its client does not send its token in time', async () => {
    await using it = await openTestCloud({ times: { session: { open: 60_000, token: 20 } } });
    const session = await open(it);
    const socket = new WebSocket(session.streamUrl!);
    expect((await once(socket, 'close')).map(String)).toEqual(['1008', 'The token has not come in time']);
    expect(it.pids).toHaveLength(1);
  });
});
