import { createVerifier } from 'fast-jwt';
import { ApiError } from './errors.js';

const verify = createVerifier({
  key: process.env.JWT_SECRET,
  algorithms: ['HS256'],
  allowedIss: 'https://login.task-tracker.example',
  allowedAud: 'task-tracker',
  requiredClaims: ['exp', 'iss', 'aud'],
});

export const tokens = {
  /** The claims of a valid token. Throws for any other. */
  verify: (token) => verify(token),

  /** The tenant and user who send a request: by the header, or for WebSockets of browsers by a parameter. */
  tenantOf(header, parameter) {
    const [, token = parameter] = /^Bearer (\S+)$/i.exec(header ?? '') ?? [];
    if (token === undefined) throw new ApiError(401, 'A token is needed: Authorization: Bearer <token>');
    let claims;
    try {
      claims = tokens.verify(token);
    } catch {
      throw new ApiError(401, 'The token is not valid');
    }
    if (typeof claims.org !== 'string' || claims.org === '') throw new ApiError(401, 'The token has no tenant');
    return { tenant: claims.org, user: claims.sub };
  },
};
