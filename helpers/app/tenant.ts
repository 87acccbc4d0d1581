/** A customer of your platform. */
export interface AppTenant {
  /** Unique in all runs: its name and a UUID. */
  readonly id: string;
  /** The id of its user, unique as well. */
  readonly userId: string;
  readonly name: string;
  /**
   * Its token; made once. With a variation another one, deliberately wrong or of other claims.
   * @throws UsageError when the declaration has no tokens, or its function throws.
   */
  token(variation?: TokenVariation): Promise<string>;
  /** Tokens that have to be refused; of tokens by `signIn` those that need no key. */
  forgedTokens(): Promise<readonly ForgedToken[]>;
}

/** How a token differs from the tenant's own. Needs an algorithm: `signIn` gives its own tokens alone. */
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
  /** Why: `expired`, `of another key`, `alg: none`, `of another issuer`, `changed after it was signed`. */
  readonly name: string;
  readonly token: string;
}
