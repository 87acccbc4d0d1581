import type { FastifyRequest } from 'fastify';
import type { TokenVerifier } from '../token-verifier.ts';
import type { SignedClaims } from '../tokens.ts';
import { ApiError } from './errors.ts';

/** @throws ApiError without a valid token of this platform. */
export function authenticate(request: FastifyRequest, tokens: TokenVerifier): SignedClaims {
  return verifyToken(bearerOf(request.headers.authorization), tokens);
}

/** @throws ApiError without a token. */
export function bearerOf(authorization = ''): string {
  const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new ApiError('AUTHENTICATION_ERROR', 'A token is needed: Authorization: Bearer <token>');
  return token;
}

export function verifyToken(token: string, tokens: TokenVerifier): SignedClaims {
  try {
    return tokens.verify(token);
  } catch {
    throw new ApiError('AUTHENTICATION_ERROR', 'The token is not valid');
  }
}
