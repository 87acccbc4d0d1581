import { fraction, hashText, mix } from './hash.ts';
import { hostInventory, type Priority, type Resident } from './host-inventory.ts';

export const loadProfiles = ['realistic', 'high-cardinality', 'spike', 'steady', 'high-churn', 'chaos'] as const;
export type LoadProfile = (typeof loadProfiles)[number];

export interface Load {
  readonly profile: LoadProfile;
  /** Processes on each node, 1 to 1000. */
  readonly process_count: number;
}

/** One process's usage at one tick, as a host's metrics have it. */
export interface ProcessSample {
  readonly node: string;
  /** Its name, unique on the node at that tick. */
  readonly process: string;
  /** `database`, `web`, `runtime`, `cache`, `system`, `worker`, `sidecar` or `batch`. */
  readonly category: string;
  readonly priority: Priority;
  /** Percent. */
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
}

/** How a profile changes an ordinary host. */
interface Behaviour {
  /** The share of processes with low priority. */
  readonly lowShare: number;
  /** How far a value may be from its mean at a tick. */
  readonly swing: number;
  /** Whether all but the critical processes have names that no other node has. */
  readonly hasOwnNames?: boolean;
  /** Whether there are twice the processes in three ticks of ten, from the fourth on. */
  readonly hasSpikes?: boolean;
  /** The share of low-priority processes that are replaced at each tick. */
  readonly replacedShare?: number;
  /** The share of malformed samples. */
  readonly malformedShare?: number;
}

const behaviours: Readonly<Record<LoadProfile, Behaviour>> = {
  realistic: { lowShare: 0.5, swing: 0.2 },
  'high-cardinality': { lowShare: 0.75, swing: 0.2, hasOwnNames: true },
  spike: { lowShare: 0.5, swing: 0.2, hasSpikes: true },
  steady: { lowShare: 0.5, swing: 0 },
  'high-churn': { lowShare: 0.5, swing: 0.2, replacedShare: 0.3 },
  chaos: { lowShare: 0.5, swing: 0.2, malformedShare: 0.02 },
};

const maximum = 1000;

/** By their share of low priority, created once for the largest possible host. */
const inventories = new Map<number, readonly Resident[]>();

/**
 * The processes of a node at a tick. The result depends on the arguments only, without clock or chance, so that it is
 * the same after a crash or in another process.
 * @throws RangeError when the number of processes is out of range.
 */
export function simulate(
  { profile, process_count: processes }: Load,
  seed: string,
  node: string,
  tick: number,
): ProcessSample[] {
  if (!Number.isInteger(processes) || processes < 1 || processes > maximum)
    throw new RangeError(`A node has 1 to ${maximum} processes, not ${processes}.`);
  const behaviour = behaviours[profile];
  const host = hashText(JSON.stringify([seed, node]));
  const count = behaviour.hasSpikes && tick % 10 >= 3 && tick % 10 < 6 ? processes * 2 : processes;
  return inventoryOf(behaviour.lowShare)
    .slice(0, count)
    .map((resident, index) => sample(resident, behaviour, node, mix(host, index), tick));
}

/** `identity` represents the process during its life; each use mixes in a different number. */
function sample(resident: Resident, behaviour: Behaviour, node: string, identity: number, tick: number): ProcessSample {
  const { category, priority } = resident;
  const { swing, replacedShare = 0, malformedShare = 0 } = behaviour;
  const now = mix(mix(identity, 1), tick);
  const isReplaced = priority === 'low' && fraction(mix(identity, 2)) < replacedShare;
  const used = isReplaced ? now : identity;
  const process = nameOf(resident, behaviour, identity, isReplaced ? tick : undefined);
  const cpu = between(resident.cpu, mix(used, 3)) * swung(swing, mix(now, 4));
  const memory = between(resident.memory, mix(used, 5)) * swung(swing, mix(now, 6));
  if (fraction(mix(now, 7)) < malformedShare)
    return { node, process, category, priority, ...malformed(cpu, memory, mix(now, 8)) };
  return { node, process, category, priority, cpu, memory };
}

function nameOf(
  { name, priority }: Resident,
  { hasOwnNames }: Behaviour,
  identity: number,
  generation: number | undefined,
): string {
  if (hasOwnNames && priority !== 'critical') return `${name}-${identity.toString(16).padStart(8, '0')}`;
  return generation === undefined ? name : `${name}.${generation}`;
}

/** On a logarithmic scale, because few processes use much. */
const between = ([from, to]: readonly [number, number], hash: number): number => from * (to / from) ** fraction(hash);

const swung = (swing: number, hash: number): number => 1 + swing * (2 * fraction(hash) - 1);

function malformed(cpu: number, memory: number, hash: number): Pick<ProcessSample, 'cpu' | 'memory'> {
  return [
    { cpu: Number.NaN, memory },
    { cpu, memory: Number.NaN },
    { cpu: -cpu, memory },
    { cpu, memory: -memory },
  ][hash % 4]!;
}

function inventoryOf(lowShare: number): readonly Resident[] {
  const inventory = inventories.get(lowShare) ?? hostInventory(2 * maximum, lowShare);
  inventories.set(lowShare, inventory);
  return inventory;
}
