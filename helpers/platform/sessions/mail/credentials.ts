import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A client's credentials for an SMTP server (AUTH, RFC 4954). */
export interface SmtpCredentials {
  readonly user: string;
  readonly pass: string;
}

/** An SMTP server and its credentials. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  readonly auth: SmtpCredentials;
}

/** Decides which clients may hand in mail. */
export interface Submission {
  isAllowed(given: Partial<SmtpCredentials>, wanted: SmtpCredentials): boolean;
}

export const submission: Submission = {
  isAllowed: ({ user = '', pass = '' }, wanted) => isSame(user, wanted.user) && isSame(pass, wanted.pass),
};

export function newCredentials(user: string): SmtpCredentials {
  return { user, pass: randomBytes(24).toString('base64url') };
}

/** Compares in constant time, whatever the lengths. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
