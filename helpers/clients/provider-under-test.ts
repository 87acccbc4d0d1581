import type { ProviderDescription, WantedResource } from '../platform/deployments/contract.ts';

/** The name under which deployments get the provider that `TEST_PROVIDER` names. */
export const providerUnderTest = 'provider-under-test';

/** A resource of a known provider that needs no credentials and no network. @param count tells it from others. */
const known: Readonly<Record<string, (count: number) => Record<string, unknown>>> = {
  random_id: () => ({ byte_length: 8 }),
  time_static: (count) => ({ rfc3339: new Date(count * 1_000).toISOString() }),
  null_resource: () => ({}),
  terraform_data: () => ({}),
};

/**
 * A resource that every deployment of a provider can have: of a known type, or of the first that asks for nothing.
 * Undefined when the provider has none.
 */
export function resourceOf({ resources }: ProviderDescription, count: number): WantedResource | undefined {
  const type =
    Object.keys(known).find((one) => one in resources) ?? Object.keys(resources).toSorted().find(asksForNothing);
  if (type === undefined) return undefined;
  return { type, name: 'task', config: known[type]?.(count) ?? {} };

  function asksForNothing(name: string): boolean {
    return !JSON.stringify(resources[name]).includes('"required":true');
  }
}

/** Whether two resources of this type have different ids, which a provider need not promise. */
export function hasUniqueIds(type: string): boolean {
  return type === 'probe_task' || type in known;
}
