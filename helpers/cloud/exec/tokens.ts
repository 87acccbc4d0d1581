import { timingSafeEqual } from 'node:crypto';

/** Checks session tokens. */
export interface SessionTokens {
  isToken(given: string, wanted: string): boolean;
}

export const sessionTokens: SessionTokens = {
  isToken(given, wanted) {
    const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
    return one.length === other.length && timingSafeEqual(one, other);
  },
};
