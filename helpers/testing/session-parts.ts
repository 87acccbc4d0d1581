/** `test` for the self tests of the session platform's processes, with the parts that they are composed of. */
import { withFault } from '../faults/inject.ts';
import { type MailParts, mailParts } from '../platform/sessions/mail/parts.ts';
import { type RouterParts, routerParts } from '../platform/sessions/router/parts.ts';
import { test as base } from './index.ts';

export { expect } from './index.ts';

interface SessionPartsFixtures {
  /** The parts of the mail receiver, with the active fault. */
  mailParts: MailParts;
  /** The parts of the router, with the active fault. */
  routerParts: RouterParts;
}

export const test = base.extend<SessionPartsFixtures>({
  mailParts: [async ({ fault }, use) => use(await withFault('sessions', mailParts, fault)), { box: true }],
  routerParts: [async ({ fault }, use) => use(await withFault('sessions', routerParts, fault)), { box: true }],
});
