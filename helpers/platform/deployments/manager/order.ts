import type { FieldError } from '../../kernel/http/errors.ts';
import type { WantedResource } from '../contract.ts';

interface Dependent {
  readonly type: string;
  readonly name: string;
  readonly dependsOn?: readonly string[];
}

/** The order in which resources are created; they are deleted in the reverse one. */
export interface ResourceOrder {
  /** Each after those that it depends on, otherwise as they were. */
  ofCreation<One extends Dependent>(resources: readonly One[]): One[];
}

export const resourceOrder: ResourceOrder = {
  ofCreation(resources) {
    const byAddress = new Map(resources.map((one) => [addressOf(one), one]));
    const sorted = new Set<(typeof resources)[number]>();
    const visiting = new Set<string>();
    const visit = (one: (typeof resources)[number]): void => {
      const address = addressOf(one);
      if (sorted.has(one) || visiting.has(address)) return;
      visiting.add(address);
      for (const name of one.dependsOn ?? []) {
        const needed = byAddress.get(name);
        if (needed !== undefined) visit(needed);
      }
      visiting.delete(address);
      sorted.add(one);
    };
    resources.forEach(visit);
    return [...sorted];
  },
};

/** The address of a resource in its deployment, such as `random_pet.name`. */
export function addressOf({ type, name }: Pick<Dependent, 'type' | 'name'>): string {
  return `${type}.${name}`;
}

/** What a schema cannot say of wanted resources: two with one address, an unknown dependency, a circle. */
export function checkResources(resources: readonly WantedResource[]): FieldError[] {
  const errors: FieldError[] = [];
  const places = new Map<string, number>();
  for (const [place, resource] of resources.entries()) {
    const address = addressOf(resource);
    if (places.has(address))
      errors.push({ field: `resources.${place}`, code: 'duplicate', message: `Two resources are named ${address}` });
    places.set(address, place);
  }
  for (const [place, { dependsOn = [] }] of resources.entries())
    for (const needed of dependsOn.filter((one) => !places.has(one)))
      errors.push({
        field: `resources.${place}.dependsOn`,
        code: 'unknown',
        message: `There is no resource ${needed} to depend on`,
      });
  const before = new Set<string>();
  for (const resource of resourceOrder.ofCreation(resources)) {
    before.add(addressOf(resource));
    const later = resource.dependsOn?.find((needed) => places.has(needed) && !before.has(needed));
    if (later !== undefined || resource.dependsOn?.includes(addressOf(resource)) === true)
      errors.push({
        field: `resources.${places.get(addressOf(resource))}.dependsOn`,
        code: 'circle',
        message: `${addressOf(resource)} depends on itself, by ${later ?? addressOf(resource)}`,
      });
  }
  return errors;
}
