import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PlatformConfiguration } from '../configuration.ts';
import { ApiError } from '../../kernel/http/errors.ts';

/** Somebody tries to log in. */
export interface LoginAttempt {
  /** From where. */
  readonly address: string;
  /** To which account. */
  readonly email: string;
}

/** What attempts to log in are counted by: the same text, the same count. */
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
 * Counts each attempt for its address and for its account, so that neither one password for many accounts nor many
 * addresses at one account get further than the limits. Needs the plugin `@fastify/rate-limit`.
 * @returns what throws ApiError when either has had its attempts of this minute.
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
