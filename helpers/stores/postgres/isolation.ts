/** How a test's changes are kept from the next test. */
export type Isolation = 'database' | 'reset' | 'rollback';
