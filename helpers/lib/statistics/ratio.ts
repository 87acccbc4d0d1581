/** The value as a multiple of `usual`; null when either is unknown. */
export function ratioTo(usual: number | null | undefined, value: number | null | undefined): number | null {
  return typeof usual === 'number' && typeof value === 'number' ? value / usual : null;
}
