import type { Inventory } from './inventory.ts';
import { type Cleaning, cleaning } from './lasting-connection.ts';

/**
 * What passes from one test to the next in the same database: a connection that nothing of the test is left on. And
 * what does not: the databases of failed tests, which are kept.
 */
export interface BetweenTests extends Cleaning {
  /** Keeps a failed test's database; returns its new name, or undefined when enough are kept already. */
  keep(inventory: Inventory, name: string): Promise<string | undefined>;
  /** Notes what a kept database is of, such as the title of a test. */
  label(inventory: Inventory, kept: string, of: string): Promise<void>;
}

export const betweenTests: BetweenTests = {
  ...cleaning,
  keep: (inventory, name) => inventory.keep(name),
  label: ({ maintenance }, kept, of) => maintenance.setComment(kept, of),
};
