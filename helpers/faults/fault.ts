import type { ClickHouseParts } from '../clickhouse/index.ts';
import type { DatabasesParts } from '../databases/index.ts';
import type { PlatformParts } from '../platform/parts.ts';
import type { PostgresParts } from '../postgres/index.ts';

/** The parts that each area's implementation is composed of. */
export interface Areas {
  readonly postgres: PostgresParts;
  readonly clickhouse: ClickHouseParts;
  readonly databases: DatabasesParts;
  readonly experiments: PlatformParts;
}

export type Area = keyof Areas;

/** A named defect: one part of one area, decorated so that it breaks one promise. */
export interface Fault<A extends Area = Area> {
  readonly area: A;
  readonly promise: string;
  readonly inject: (parts: Areas[A]) => Areas[A];
}

/** A fault in `area`, in the part named `part`. `promise` is what the platform says and, with the fault, does not do. */
export function fault<A extends Area, Part extends keyof Areas[A]>(area: A, part: Part, promise: string, decorate: (original: Areas[A][Part], parts: Areas[A]) => Areas[A][Part]): Fault<A> {
  return { area, promise, inject: (parts) => ({ ...parts, [part]: decorate(parts[part], parts) }) };
}
