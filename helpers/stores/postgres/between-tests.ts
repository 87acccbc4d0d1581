import type { Inventory } from './inventory.ts';
import type { Session } from './session.ts';

/** What passes from one test to the next: no session, and only the databases of failed tests, which are kept. */
export interface BetweenTests {
  /** Closes the connections of a test that has ended. */
  retire(session: Session): Promise<void>;
  /** Opens the connections of the next test in the same database. */
  renew(previous: Session | undefined, open: () => Promise<Session>): Promise<Session>;
  /** Keeps a failed test's database; returns its new name, or undefined when enough are kept already. */
  keep(inventory: Inventory, name: string): Promise<string | undefined>;
  /** Notes what a kept database is of, such as the title of a test. */
  label(inventory: Inventory, kept: string, of: string): Promise<void>;
}

export const betweenTests: BetweenTests = {
  retire: (session) => session.close(),
  renew: (_previous, open) => open(),
  keep: (inventory, name) => inventory.keep(name),
  label: ({ maintenance }, kept, of) => maintenance.setComment(kept, of),
};
