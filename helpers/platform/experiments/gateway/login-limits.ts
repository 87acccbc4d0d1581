import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PlatformConfiguration } from '../configuration.ts';
import { ApiError } from '../../kernel/http/errors.ts';

export interface LoginAttempt {
  /** The client's address. */
  readonly address: string;
  /** The account. */
  readonly email: string;
}

/** The keys by which login attempts are counted. */
export interface LoginKeys {
  address(attempt: LoginAttempt): string;
  account(attempt: LoginAttempt): string;
}

export const loginKeys: LoginKeys = {
  address: ({ address }) => `address ${address}`,
  account: ({ email }) => `account ${email.toLowerCase()}`,
};

const minute = 60_000;

/**
 * Counts each login attempt for its address and for its account, so that neither one password for many accounts nor
 * many addresses for one account exceed the limits. Needs the plugin `@fastify/rate-limit`.
 * @returns a handler that throws ApiError when either has used up its attempts of this minute.
 */
export function limitLogins(
  gateway: Pick<FastifyInstance, 'createRateLimit'>,
  keys: LoginKeys,
  { loginsPerMinute, addressLoginsPerMinute }: PlatformConfiguration['limits'],
): (request: FastifyRequest) => Promise<void> {
  const counters = [
    { what: 'from this address', limit: addressLoginsPerMinute, keyOf: keys.address },
    { what: 'to this account', limit: loginsPerMinute, keyOf: keys.account },
  ].map(({ what, limit, keyOf }) => ({
    what,
    limit,
    count: gateway.createRateLimit({
      max: limit,
      timeWindow: minute,
      keyGenerator: (request) => keyOf(attemptOf(request)),
    }),
  }));
  return async (request) => {
    for (const { what, limit, count } of counters) {
      const counted = await count(request);
      if (!counted.isAllowed && counted.isExceeded)
        throw new ApiError(
          'RATE_LIMIT_EXCEEDED',
          `Too many attempts to log in ${what}; try again in ${counted.ttlInSeconds} seconds`,
          { limit, window: '1m' },
        );
    }
  };
}

function attemptOf({ ip, body }: FastifyRequest): LoginAttempt {
  return { address: ip, email: (body as { email: string }).email };
}
