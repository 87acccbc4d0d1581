import { EnvironmentUnavailable } from '../environment.ts';
import * as clickhouse from './clickhouse.ts';
import * as databases from './databases.ts';
import type { Area, Areas, Fault } from './fault.ts';
import * as experiments from './experiments.ts';
import * as postgres from './postgres.ts';
import * as sessions from './sessions.ts';

export type { Area, Fault } from './fault.ts';

/** Every fault by its name, which is the name that its file exports it under. */
export const faults: ReadonlyMap<string, Fault> = new Map(Object.entries({ ...postgres, ...clickhouse, ...databases, ...experiments, ...sessions } as Record<string, Fault>));

/**
 * The parts of an area, with the fault of that name in them if it is of this area.
 * @throws EnvironmentUnavailable when there is no such fault.
 */
export function withFault<A extends Area, Parts extends Partial<Areas[A]>>(area: A, parts: Parts, name: string | undefined): Parts {
  if (name === undefined) return parts;
  const fault = faults.get(name);
  if (fault === undefined) throw new EnvironmentUnavailable(`PROVING_GROUND_FAULT=${name} is no fault: known are ${[...faults.keys()].join(', ')}.`);
  return fault.area === area ? (fault as unknown as Fault<A>).inject(parts) : parts;
}
