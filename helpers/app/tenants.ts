import { randomUUID } from 'node:crypto';
import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { UsageError } from '../lib/usage.ts';
import type { KeyTokens, SecretTokens, TokenDeclaration } from './options.ts';
import type { AppTenant, ForgedToken, TokenVariation } from './tenant.ts';
import { forgedWithKey, forgedWithoutKey, signedLike, signedToken, type Signing } from './tenant-tokens.ts';

export interface TenantsOptions<Request> {
  readonly tokens: TokenDeclaration<Request> | undefined;
  /** Makes a tenant known to the platform, before its token is made. */
  readonly register?: ((tenant: AppTenant) => unknown) | undefined;
  /** The request context that a sign-in gets. */
  readonly request: () => Promise<Request>;
  /** Adds the last lines of the service that was asked to a sentence. */
  readonly about: (sentence: string) => string;
  readonly signing: Signing;
}

/** Makes the tenants of an app. */
export class Tenants<Request> {
  readonly #options: TenantsOptions<Request>;

  constructor(options: TenantsOptions<Request>) {
    this.#options = options;
  }

  create(name = 'tenant'): AppTenant {
    let own: Promise<string> | undefined;
    const token = (): Promise<string> => (own ??= this.#register(tenant).then(() => this.#tokenOf(tenant)));
    const tenant: AppTenant = {
      id: randomUUID(),
      userId: randomUUID(),
      name,
      token: async (variation) => (variation === undefined ? token() : this.#varied(tenant, variation, token)),
      forgedTokens: async () => this.#forged(tenant, await token()),
    };
    return tenant;
  }

  /** The headers that send a token. */
  headersOf(token: string): Readonly<Record<string, string>> {
    const { header = bearer } = this.#options.tokens ?? {};
    try {
      return header(token);
    } catch (error) {
      throw new UsageError(`The function 'header' of tokens threw: ${messageOf(error)}`);
    }
  }

  async #register(tenant: AppTenant): Promise<void> {
    const { register, about } = this.#options;
    try {
      await register?.(tenant);
    } catch (error) {
      if (error instanceof EnvironmentUnavailable) throw error;
      throw new UsageError(
        about(`The function 'register' threw for the tenant '${tenant.name}': ${messageOf(error)}.`),
      );
    }
  }

  async #tokenOf(tenant: AppTenant): Promise<string> {
    const { tokens, signing } = this.#options;
    if (tokens === undefined)
      throw new UsageError(
        `The tenant '${tenant.name}' has no token: appOptions has no 'tokens' that says how one is made.`,
      );
    return 'signIn' in tokens ? this.#signIn(tenant, tokens.signIn) : signedToken(tokens, tenant, {}, signing);
  }

  async #signIn(
    tenant: AppTenant,
    signIn: (about: { tenant: AppTenant; request: Request }) => Promise<string> | string,
  ): Promise<string> {
    const { about } = this.#options;
    const request = await this.#options.request();
    let token: unknown;
    try {
      token = await signIn({ tenant, request });
    } catch (error) {
      throw new UsageError(
        about(`The function 'signIn' of tokens threw for the tenant '${tenant.name}': ${messageOf(error)}.`),
      );
    }
    if (typeof token === 'string' && token !== '') return token;
    throw new UsageError(
      about(`The function 'signIn' of tokens returned ${JSON.stringify(token)} for '${tenant.name}', and no token.`),
    );
  }

  async #varied(tenant: AppTenant, variation: TokenVariation, genuine: () => Promise<string>): Promise<string> {
    const tokens = await this.#signedTokens(genuine);
    if (tokens !== undefined) return signedToken(tokens, tenant, variation, this.#options.signing);
    throw new UsageError(
      `Another token of the tenant '${tenant.name}' cannot be signed: ` +
        "appOptions has no 'tokens' with an algorithm and a key, or with 'signedBy'.",
    );
  }

  async #forged(tenant: AppTenant, genuine: string): Promise<readonly ForgedToken[]> {
    const { signing } = this.#options;
    const tokens = await this.#signedTokens(async () => genuine);
    return tokens === undefined ? forgedWithoutKey(genuine) : forgedWithKey(tokens, tenant, genuine, signing);
  }

  /** How tokens are signed; undefined where the key is unknown. */
  async #signedTokens(genuine: () => Promise<string>): Promise<SecretTokens | KeyTokens | undefined> {
    const { tokens } = this.#options;
    if (tokens === undefined || !('signIn' in tokens)) return tokens;
    const { signedBy } = tokens;
    return signedBy === undefined ? undefined : signedLike(await genuine(), signedBy);
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
