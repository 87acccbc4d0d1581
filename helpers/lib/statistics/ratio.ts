/** How many times as much as `usual`; null where either is not known. */
export function ratioTo(usual: number | null | undefined, value: number | null | undefined): number | null {
  return typeof usual === 'number' && typeof value === 'number' ? value / usual : null;
}
