import type { Inventory } from './inventory.ts';
import type { Session } from './session.ts';

/** What passes from one test to the next: no session, and of its database only what is kept to be looked at. */
export interface Handover {
  /** The connections of the next test in the same database. */
  renew(previous: Session | undefined, open: () => Promise<Session>): Promise<Session>;
  /** Keeps a failed test's database; returns its name from now on. */
  keep(inventory: Inventory, name: string): Promise<string>;
}

export const handover: Handover = {
  async renew(previous, open) {
    await previous?.close();
    return open();
  },
  keep: (inventory, name) => inventory.keep(name),
};
