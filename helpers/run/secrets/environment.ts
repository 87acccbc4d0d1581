/** A secret, and how it is recognized. */
export interface Secret {
  readonly value: string;
  /** The user that it belongs to, where that is known. */
  readonly user?: string;
  /** Whether it is too short or common to be masked everywhere: it is masked only in a password's position. */
  readonly isCommon: boolean;
}

/** The secrets that a run was given, as opposed to those that it made itself. */
export interface Secrets {
  readonly values: readonly Secret[];
  /** Whether one of them signs tokens: then signed tokens must be masked too, since they open a deployed platform. */
  readonly signsTokens: boolean;
}

/** Names of variables that hold a secret, such as `PGPASSWORD`, `AWS_SECRET_ACCESS_KEY` and `GITHUB_TOKEN`. */
const secretName =
  /(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|(?:ACCESS|API|PRIVATE|SIGNING|ENCRYPTION)_?KEY(?:_ID)?)$/i;
/** Names of variables with a user or a host, which a careless password may repeat. */
const plainName = /^TEST_.*_(?:USER|DATABASE|HOST|EMAIL)$/;
const commonWords = ['password', 'postgres', 'postgresql', 'clickhouse', 'proving-ground'];
const shortest = 8;

/** Finds the secrets in an environment, by the names of variables and in every URL with a password. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): Secrets {
  const variables = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  const urls = variables.map(([, value]) => urlIn(value)).filter((url) => url !== undefined);
  const plain = new Set([
    ...commonWords,
    ...variables.filter(([name]) => plainName.test(name)).map(([, value]) => value),
    ...urls.flatMap(({ username, hostname, pathname }) => [decoded(username), hostname, decoded(pathname.slice(1))]),
  ]);
  const found = new Map<string, Secret>();
  const add = (value: string, user?: string): void => {
    if (value === '' || (found.has(value) && user === undefined)) return;
    found.set(value, {
      value,
      ...(user === undefined ? {} : { user }),
      isCommon: value.length < shortest || plain.has(value),
    });
  };
  for (const [name, value] of variables)
    if (secretName.test(name)) add(value, environment[name.replace(/_PASSWORD$/, '_USER')] ?? undefined);
  for (const url of urls) {
    add(decoded(url.password), decoded(url.username));
    for (const [name, value] of url.searchParams) if (secretName.test(name)) add(value);
  }
  return { values: [...found.values()], signsTokens: Boolean(environment['TEST_PLATFORM_SECRET']) };
}

function urlIn(value: string): URL | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
}

/** The text itself when its encoding is invalid. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
