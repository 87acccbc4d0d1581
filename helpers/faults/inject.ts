import { EnvironmentUnavailable } from '../lib/environment.ts';
import type { Area, Areas, Fault } from './fault.ts';

/**
 * Decorates an area's parts with the fault of this name, if it belongs to this area. Without a name no fault is loaded.
 * @throws EnvironmentUnavailable when there is no such fault.
 */
export async function withFault<A extends Area, Parts extends Partial<Areas[A]>>(
  area: A,
  parts: Parts,
  name: string | undefined,
): Promise<Parts> {
  if (name === undefined) return parts;
  const { faults } = await import('./index.ts').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new EnvironmentUnavailable(
      `PROVING_GROUND_FAULT=${name} is of no use here: the faults are in Proving Ground's repository, not in its package.`,
    );
  });
  const fault = faults.get(name);
  if (fault === undefined)
    throw new EnvironmentUnavailable(
      `PROVING_GROUND_FAULT=${name} is no fault: known are ${[...faults.keys()].join(', ')}.`,
    );
  return fault.area === area ? (fault as unknown as Fault<A>).inject(parts) : parts;
}
