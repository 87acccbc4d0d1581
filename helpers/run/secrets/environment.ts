/** What must not be shown, and what it is known by. */
export interface Secret {
  readonly value: string;
  /** Who it lets in, where that is known. */
  readonly user?: string;
  /** Too short, or too common a word, to be replaced wherever it stands: only where it stands as a password. */
  readonly isCommon: boolean;
}

/** The secrets that a run was given, none of which is its own. */
export interface Secrets {
  readonly values: readonly Secret[];
  /** Whether one of them signs tokens; then a signed token opens what is not the run's own, too. */
  readonly signsTokens: boolean;
}

/**
 * Names of variables that hold a secret, ours and everybody's: `PGPASSWORD`, `AWS_SECRET_ACCESS_KEY`, `GITHUB_TOKEN`.
 */
const secretName =
  /(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|(?:ACCESS|API|PRIVATE|SIGNING|ENCRYPTION)_?KEY(?:_ID)?)$/i;
/** Names of variables that say who or where, which a careless password repeats. */
const plainName = /^TEST_.*_(?:USER|DATABASE|HOST|EMAIL)$/;
const commonWords = ['password', 'postgres', 'postgresql', 'clickhouse', 'proving-ground'];
const shortest = 8;

/**
 * The secrets in an environment: by the name of a variable, and in each URL that carries a password. Costs well under a
 * millisecond.
 */
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

/** As it was given where it is no proper encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
