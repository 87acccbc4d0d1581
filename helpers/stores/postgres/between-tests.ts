import type { Inventory } from './inventory.ts';
import type { Session } from './session.ts';

/** What passes from one test to the next: no session, and of its database only what is kept to be looked at. */
export interface BetweenTests {
  /** Ends the connections of a test that is over. */
  retire(session: Session): Promise<void>;
  /** The connections of the next test in the same database. */
  renew(previous: Session | undefined, open: () => Promise<Session>): Promise<Session>;
  /** Keeps a failed test's database; returns its name from now on, or undefined where enough are kept already. */
  keep(inventory: Inventory, name: string): Promise<string | undefined>;
}

export const handover: BetweenTests = {
  retire: (session) => session.close(),
  renew: (_previous, open) => open(),
  keep: (inventory, name) => inventory.keep(name),
};
