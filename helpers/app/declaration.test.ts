import { expect, test } from '../testing/index.ts';
import { addressesOf, checkDeclaration } from './declaration.ts';

const api = { command: 'node server.js' };

const mistakes: readonly (readonly [options: object, error: string])[] = [
  [{ service: { api } }, "appOptions has no 'service': did you mean services?"],
  [{ services: { api: { comand: 'node x' } } }, 'appOptions.services.api.command is missing: '],
  [{ services: { api: { ...api, redy: '/health' } } }, "appOptions.services.api has no 'redy': did you mean ready?"],
  [
    { services: { api: { ...api, environment: {} } } },
    "appOptions.services.api has no 'environment': known are command, ready, env, cwd, timeout.",
  ],
  [{ services: { api: { command: [] } } }, 'appOptions.services.api.command is wrong: expected a line for the shell'],
  [
    { services: { api: { ...api, timeout: '30s' } } },
    'appOptions.services.api.timeout is wrong: expected milliseconds',
  ],
  [{ services: [api] }, 'appOptions.services is wrong: expected services by name.'],
  [
    { tokens: { algorithm: 'HS265', secret: 'x' } },
    'appOptions.tokens.algorithm is wrong: it is "HS265", and known are',
  ],
  [{ tokens: { algorithm: 'HS256' } }, 'appOptions.tokens.secret is missing: expected a text.'],
  [{ tokens: { algorithm: 'RS256', secret: 'x' } }, 'appOptions.tokens.privateKey is missing: expected a text.'],
  [{ tokens: { signIn: 'POST /login' } }, 'appOptions.tokens.signIn is wrong: expected a function.'],
  [{ tokens: { signIn: () => 'x', claim: 1 } }, "appOptions.tokens has no 'claim': "],
  [{ page: {} }, 'appOptions.page is wrong: expected a function.'],
  [{ urls: { api: 'api.example.com' } }, 'appOptions.urls.api is wrong: expected http://host:port.'],
];

for (const [options, error] of mistakes) {
  test(`a declaration is refused: ${error}`, () => {
    expect(() => checkDeclaration(options)).toThrow(error);
  });
}

test('a declaration may have all that is documented', () => {
  expect(() =>
    checkDeclaration({
      services: {
        api: { ...api, ready: '/health', env: {}, cwd: new URL('file:///app'), timeout: 1 },
        worker: { command: ['node', 'worker.js'], ready: /listening/, env: () => ({}), cwd: '.' },
      },
      schema: './migrations',
      tables: undefined,
      dataset: 'empty',
      tokens: {
        algorithm: 'ES256',
        privateKey: 'pem',
        claims: () => ({}),
        lifetime: 1_000,
        keyId: 'k',
        header: () => ({}),
      },
      removeTenant: () => ({}),
      page: () => ({}),
      urls: { api: 'https://api.example.com/v1' },
    }),
  ).not.toThrow();
});

test('services elsewhere are those of the declaration, and the environment comes first', () => {
  const declared = { services: { web: api, api }, urls: { api: 'https://api.example.com/', web: 'https://declared' } };
  const remote = (urls = {}) => ({ target: 'remote', app: { urls } });
  expect(addressesOf(declared, remote())).toEqual({ api: 'https://api.example.com', web: 'https://declared' });
  expect(addressesOf(declared, remote({ '': 'https://of-the-first/', admin: 'https://admin' }))).toEqual({
    api: 'https://api.example.com',
    web: 'https://of-the-first',
    admin: 'https://admin',
  });
  expect(addressesOf({}, remote({ '': 'https://one' }))).toEqual({ app: 'https://one' });
  expect(addressesOf({ services: { api } }, remote())).toBeUndefined();
});

test('services on this machine are started, or those of a declaration of addresses alone are asked', () => {
  const local = { target: 'local', app: { urls: { api: 'https://elsewhere' } } };
  expect(addressesOf({ services: { api }, urls: { api: 'https://deployed' } }, local)).toBeUndefined();
  expect(addressesOf({ urls: { api: 'http://127.0.0.1:1/' } }, local)).toEqual({ api: 'http://127.0.0.1:1' });
  expect(addressesOf({}, local)).toBeUndefined();
});
