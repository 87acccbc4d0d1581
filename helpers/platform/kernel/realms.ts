/** A token's issuer and audience: a token of one realm is refused in others, even with the same secret. */
export interface Realm {
  readonly issuer: string;
  readonly audience: string;
}

export const realms = {
  experiments: { issuer: 'phoenix-platform', audience: 'experiments' },
  /** The config generator, which serves only the controller. */
  generator: { issuer: 'phoenix-platform', audience: 'config-generator' },
  sessions: { issuer: 'hermes', audience: 'sessions' },
  deployments: { issuer: 'provider-manager', audience: 'deployments' },
} as const satisfies Readonly<Record<string, Realm>>;
