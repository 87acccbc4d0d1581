import { EnvironmentUnavailable } from '../lib/environment.ts';
import type { ReporterParts } from '../../reporters/cost-performance/parts.ts';
import type { AppParts } from '../app/parts.ts';
import type { ClickHouseParts } from '../stores/clickhouse/index.ts';
import type { CloudParts } from '../cloud/index.ts';
import type { OrchestrationParts } from '../orchestration/index.ts';
import type { DatabasesParts } from '../stores/databases/index.ts';
import type { ManagerParts } from '../platform/deployments/manager/parts.ts';
import type { PlatformParts } from '../platform/experiments/parts.ts';
import type { SessionParts } from '../platform/sessions/parts.ts';
import type { PostgresParts } from '../stores/postgres/index.ts';
import type { RegistryParts } from '../terraform/registry/parts.ts';
import type { RunParts } from '../run/index.ts';
import type { SecretParts } from '../run/secrets/index.ts';
import type { TrackerParts } from './your-platform/parts.ts';

/** The parts that each area's implementation is composed of. */
export interface Areas {
  readonly postgres: PostgresParts;
  readonly clickhouse: ClickHouseParts;
  readonly databases: DatabasesParts;
  readonly orchestration: OrchestrationParts;
  readonly experiments: PlatformParts;
  readonly sessions: SessionParts;
  readonly deployments: ManagerParts;
  readonly cloud: CloudParts;
  readonly reporter: ReporterParts;
  readonly run: RunParts;
  readonly secrets: SecretParts;
  readonly registry: RegistryParts;
  readonly app: AppParts;
  /** Of the example's application, whose parts are other modules in a process that knows no fault. */
  readonly 'your-platform': TrackerParts;
}

export type Area = keyof Areas;

/** A named defect: one part of one area, decorated so that it breaks one promise. */
export interface Fault<A extends Area = Area> {
  readonly area: A;
  readonly promise: string;
  /** The test that catches it: its file in the area's folder, or its whole path, and titles, joined by ` › `. */
  readonly caughtBy: string;
  /** Workers at a time that it takes to notice. */
  readonly workers: number;
  /** Needs a run of its own: it is in what all workers share (servers, templates), or harms its neighbours. */
  readonly alone: boolean;
  /** Decorates the part where it is; a process that has no such part stays as it is. */
  readonly inject: <Parts extends Partial<Areas[A]>>(parts: Parts) => Parts;
}

/** What takes a part's place: another function or list, or those members of an object that the fault changes. */
type Change<Part> = Part extends ((...args: never[]) => unknown) | readonly unknown[] ? Part : Partial<Part>;

/**
 * Declares faults of `area`: each in the part named `part`. `promise` is what the platform says and, with the fault,
 * does not do; `caughtBy` names the test that fails then.
 */
export function faultsOf<A extends Area>(area: A) {
  return function fault<Part extends keyof Areas[A]>(
    part: Part,
    promise: string,
    decorate: (original: Areas[A][Part], parts: Areas[A]) => Change<Areas[A][Part]>,
    caughtBy: string,
    { workers = 1, alone = false }: Partial<Pick<Fault, 'workers' | 'alone'>> = {},
  ): Fault<A> {
    return { area, promise, caughtBy, workers, alone, inject: (parts) => (part in parts ? decorated(parts) : parts) };

    function decorated<Parts>(parts: Parts): Parts {
      const all = parts as unknown as Areas[A];
      const change = decorate(all[part], all);
      const isWhole = typeof change === 'function' || Array.isArray(change);
      return { ...parts, [part]: isWhole ? change : { ...(all[part] as object), ...(change as object) } };
    }
  };
}

/**
 * The text with every `from` replaced by `to`, for a fault that rewrites what a part says.
 * @throws EnvironmentUnavailable when the text has no `from`: the fault would do nothing, and be called missed.
 */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new EnvironmentUnavailable(`The fault finds no "${from}" to replace in: ${text}`);
  return text.replaceAll(from, to);
}
