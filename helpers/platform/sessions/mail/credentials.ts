import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a client of an SMTP server says of itself (AUTH, RFC 4954). */
export interface SmtpCredentials {
  readonly user: string;
  readonly pass: string;
}

/** An SMTP server, and what it has to be told. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  readonly auth: SmtpCredentials;
}

/** Who may hand in mail. */
export interface Submission {
  isAllowed(given: Partial<SmtpCredentials>, wanted: SmtpCredentials): boolean;
}

export const submission: Submission = {
  isAllowed: ({ user = '', pass = '' }, wanted) => isSame(user, wanted.user) && isSame(pass, wanted.pass),
};

export function newCredentials(user: string): SmtpCredentials {
  return { user, pass: randomBytes(24).toString('base64url') };
}

/** Whatever their lengths, in the same time. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
