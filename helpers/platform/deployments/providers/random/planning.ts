import { attribute, type Plan, type ResourceDefinition } from '../../../../terraform/server/index.ts';
import type { Value, Values } from '../../../../terraform/index.ts';

/** Arbitrary values whose change makes a new result. */
export const keepers = attribute('keepers', ['map', 'string'], 'optional', {
  description: 'Arbitrary values that replace the resource when they change.',
});

/**
 * Plans a resource whose every input forces a replacement.
 * @param defaults of what is not configured.
 */
export function replacing(inputs: readonly string[], defaults: Values = {}): NonNullable<ResourceDefinition['plan']> {
  return ({ planned, prior, config }): Plan => {
    const chosen = Object.entries(defaults).map(([name, value]) => [name, config[name] ?? value]);
    return {
      planned: { ...planned, ...(Object.fromEntries(chosen) as Values) },
      requiresReplace: [...inputs, ...(keepersDiffer(prior?.['keepers'], planned['keepers']) ? ['keepers'] : [])],
    };
  };
}

/** None, and none that has a value, are the same; they once were stored as the same. */
function keepersDiffer(before: Value | undefined, after: Value | undefined): boolean {
  const told = (value: Value | undefined): [string, Value][] =>
    Object.entries((value ?? {}) as Values)
      .filter(([, item]) => item !== null)
      .toSorted(([one], [other]) => one.localeCompare(other));
  return JSON.stringify(told(before)) !== JSON.stringify(told(after));
}
