import type { Tenant } from './connection.ts';

/** Who may touch what. */
export interface Tenancy {
  /** What a tenant is granted, as statements without the user at the end. */
  grants(database: string): readonly string[];
  /** Which tenant a worker is. */
  choose(tenants: readonly Tenant[], slot: number): Tenant;
}

export const tenancy: Tenancy = {
  grants: (database) => [`GRANT ALL ON ${database}.*`, 'GRANT TABLE ENGINE ON *', 'GRANT CREATE TEMPORARY TABLE ON *.*'],

  choose(tenants, slot) {
    const tenant = tenants[slot];
    if (tenant === undefined) throw new Error(`There is no ClickHouse user for worker ${slot}: the run was started for ${tenants.length}.`);
    return tenant;
  },
};
