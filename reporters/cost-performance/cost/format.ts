const fromOneDollar = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const belowOneDollar = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** US dollars for people: `$1.24`, `$0.0031`, `<$0.0001`, and `$0` for nothing at all. */
export function formatUsd(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return '<$0.0001';
  return (usd < 1 ? belowOneDollar : fromOneDollar).format(usd);
}
