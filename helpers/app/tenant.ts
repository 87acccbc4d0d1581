/** A customer of your platform. */
export interface AppTenant {
  /** A UUID. */
  readonly id: string;
  /** The id of its user, another UUID. */
  readonly userId: string;
  readonly name: string;
  /**
   * Its token; made once. With a variation another one, deliberately wrong or of other claims.
   * @throws UsageError when the declaration has no tokens, or its function throws.
   */
  token(variation?: TokenVariation): Promise<string>;
  /** Tokens that have to be refused; where `signIn` makes the tokens without `signedBy`, those that need no key. */
  forgedTokens(): Promise<readonly ForgedToken[]>;
}

/** How a token differs from the tenant's own. Needs an algorithm, or with `signIn` a `signedBy`. */
export interface TokenVariation {
  /** Claims that replace those of the declaration; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Milliseconds until it expires, negative for an expired token. */
  readonly lifetime?: number;
  /** Signed with another key of the same kind. */
  readonly foreignKey?: boolean;
}

/** A token that has to be refused. */
export interface ForgedToken {
  /**
   * What is wrong with it: `expired`, `of another key`, `of another issuer`, `of another audience`, `alg: none`,
   * `changed`, `changed after it was signed`, `no JSON Web Token`. Those of issuer and audience are there where the
   * declaration's claims have these.
   */
  readonly name: string;
  readonly token: string;
}
