import { fault } from './fault.ts';

// Defects that reveal a password, a secret or a token that the run was given.

const whole = 'output.test.ts';

export const passwordsInUrlsAreShown = fault(
  'secrets',
  'secretsIn',
  'a password in a URL is not shown',
  (read) => (environment) => {
    const inUrls = Object.entries(environment).filter(([name]) => name.endsWith('_URL'));
    const others = read({ ...environment, ...Object.fromEntries(inUrls.map(([name]) => [name, undefined])) });
    return { ...read(environment), values: others.values };
  },
  whole,
);

export const tokensOfThePlatformAreShown = fault(
  'secrets',
  'secretsIn',
  "a deployed platform's token is not shown",
  (read) => (environment) => ({ ...read(environment), signsTokens: false }),
  whole,
);

export const encodedPasswordsAreShown = fault(
  'secrets',
  'forms',
  'a password is not shown in any form',
  (forms) => ({
    ...forms,
    written: (text) => text.replaceAll(/\W/g, String.raw`\$&`),
  }),
  whole,
);

export const passwordsInBase64AreShown = fault(
  'secrets',
  'forms',
  'a header of basic authentication does not show its password',
  (forms) => ({ ...forms, base64: () => [] }),
  whole,
);

export const tracesShowPasswords = fault(
  'secrets',
  'maskedCopy',
  'a trace does not show a password',
  () => () => undefined,
  whole,
);

export const errorsAndLogsShowPasswords = fault(
  'secrets',
  'maskMessage',
  'no error, log or transcript in a report shows a password',
  () => (message) => message,
  whole,
);

export const theTerminalShowsPasswords = fault(
  'secrets',
  'maskText',
  'a terminal does not show a password',
  () => (text) => text,
  whole,
);

export const shortPasswordsAreShown = fault(
  'secrets',
  'secretsIn',
  'the address of a kept database does not show a password, however short',
  (read) => (environment) => {
    const { values, signsTokens } = read(environment);
    return { values: values.filter(({ isCommon }) => !isCommon), signsTokens };
  },
  'kept.test.ts',
);
