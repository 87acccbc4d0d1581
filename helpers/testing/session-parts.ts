/** `test` for the self tests of the session platform's processes, with the parts that they are composed of. */
import { withFault } from '../faults/inject.ts';
import { type MailParts, mailParts } from '../platform/sessions/mail/parts.ts';
import type { SessionParts } from '../platform/sessions/parts.ts';
import { type RouterParts, routerParts } from '../platform/sessions/router/parts.ts';
import { test as base } from './index.ts';

export { expect } from './index.ts';

interface SessionPartsFixtures {
  /** The parts of the mail receiver, with the active fault. */
  mailParts: MailParts;
  /** The parts of the router, with the active fault. */
  routerParts: RouterParts;
  /** Puts the active fault into parts that a test has composed itself. */
  withSessionFault: <Parts extends Partial<SessionParts>>(parts: Parts) => Promise<Parts>;
}

export const test = base.extend<SessionPartsFixtures>({
  mailParts: [async ({ withSessionFault }, use) => use(await withSessionFault(mailParts)), { box: true }],
  routerParts: [async ({ withSessionFault }, use) => use(await withSessionFault(routerParts)), { box: true }],
  withSessionFault: [({ fault }, use) => use((parts) => withFault('sessions', parts, fault)), { box: true }],
});
