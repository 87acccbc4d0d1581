import { group, sum } from 'd3-array';
import { type Kind, kindOfUnseen } from './kinds.ts';

/** A process as it was last seen; times in milliseconds. */
export interface Seen {
  readonly id: string;
  /** The id of the process that started it; undefined for the first. */
  readonly parent: string | undefined;
  readonly kind: Kind;
  readonly own: number;
  /** Of its ended children that it has waited for, with theirs. */
  readonly waited: number;
}

/**
 * CPU time of processes that have ended, by kind, in milliseconds. What a process did after it was last seen, and what
 * ended before it was seen, its parent knows: what that has waited for, beyond what was seen of its children and
 * theirs, counts as its children's in equal shares, or as that of unseen ones.
 */
export function attribute(processes: readonly Seen[]): Map<Kind, number> {
  const childrenOf = group(processes, ({ parent }) => parent);
  const known = ({ id, own, waited }: Seen): number => own + Math.max(waited, knownOfChildren(id));
  const knownOfChildren = (id: string): number => sum(childrenOf.get(id) ?? [], known);
  const times = new Map<Kind, number>();
  const add = (kind: Kind, time: number): unknown => times.set(kind, (times.get(kind) ?? 0) + time);
  for (const { id, kind, own, waited } of processes) {
    add(kind, own);
    const children = childrenOf.get(id) ?? [];
    const unseen = Math.max(0, waited - knownOfChildren(id));
    if (children.length === 0) add(kindOfUnseen(kind), unseen);
    for (const child of children) add(child.kind, unseen / children.length);
  }
  return times;
}
