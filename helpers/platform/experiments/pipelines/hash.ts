/** FNV-1a (Fowler, Noll, Vo), 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Combines a hash with a number, by the finalizer of MurmurHash3, which spreads neighbours over all 32 bits. */
export function mix(hash: number, number: number): number {
  let mixed = Math.imul(hash, 31) + Math.imul(number + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A number from 0 to below 1. */
export const fraction = (hash: number): number => hash / 0x1_0000_0000;
