import { faultsOf } from './fault.ts';

const fault = faultsOf('secrets');

// Defects that reveal a password, a secret or a token that the run was given.

export const passwordsInUrlsAreShown = fault(
  'secretsIn',
  'a password in a URL is not shown',
  (read) => (environment) => {
    const inUrls = Object.entries(environment).filter(([name]) => name.endsWith('_URL'));
    const others = read({ ...environment, ...Object.fromEntries(inUrls.map(([name]) => [name, undefined])) });
    return { ...read(environment), values: others.values };
  },
  'output.test.ts › a test that fails on a remote database shows no password and no token in any output',
);

export const tokensOfThePlatformAreShown = fault(
  'secretsIn',
  "a deployed platform's token is not shown",
  (read) => (environment) => ({ ...read(environment), signsTokens: false }),
  'output.test.ts › tests that fail on a deployed platform show no token and no secret in any output',
);

export const encodedPasswordsAreShown = fault(
  'forms',
  'a password is not shown in any form',
  () => ({ written: (text) => text.replaceAll(/\W/g, String.raw`\$&`) }),
  'output.test.ts › a test that fails on a remote database shows no password and no token in any output',
);

export const passwordsInBase64AreShown = fault(
  'forms',
  'a header of basic authentication does not show its password',
  () => ({ base64: () => [] }),
  'output.test.ts › a test that fails on a remote database shows no password and no token in any output',
);

export const tracesShowPasswords = fault(
  'maskedCopy',
  'a trace does not show a password',
  () => () => undefined,
  'output.test.ts › a test that fails on a remote database shows no password and no token in any output',
);

export const errorsAndLogsShowPasswords = fault(
  'maskMessage',
  'no error, log or transcript in a report shows a password',
  () => (message) => message,
  'output.test.ts › a test that fails on a remote database shows no password and no token in any output',
);

export const theTerminalShowsPasswords = fault(
  'maskText',
  'a terminal does not show a password',
  () => (text) => text,
  'output.test.ts › tests that fail on remote databases show no password in any output',
);

export const shortPasswordsAreShown = fault(
  'secretsIn',
  'the address of a kept database does not show a password, however short',
  (read) => (environment) => {
    const { values, signsTokens } = read(environment);
    return { values: values.filter(({ isCommon }) => !isCommon), signsTokens };
  },
  'kept.test.ts › the address of a kept database does not show a password that is a common word',
);
